import { EventEmitter } from 'eventemitter3';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  Brief,
  CandidateRecord,
  JobProgress,
  Plan,
  Score,
  Selection,
  Warning,
} from '../spec/index.ts';
import { messageOf } from '../util/message-of.ts';
import { isBytes } from '../util/plain-copy.ts';
import type { Attempt, ResultImage } from './result-image.ts';

/** Fields of every event. */
interface EventBase {
  runId: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * All events by name, with what their listeners get: a frozen copy, so that they only observe and can't change a run.
 * Of a preview's bytes there is no copy, and an abort's reason is the caller's own.
 */
export interface ComfyGenEvents {
  /** A run began. */
  'run-start': EventBase & { brief: Brief };
  /** A flow was chosen and bound; again after a fallback to another flow. */
  'plan-selected': EventBase & { selection: Selection; plan: Plan };
  /** A plan is about to be submitted. */
  'execute-start': EventBase & { planId: string; flowId: string; executor: string };
  /**
   * A job waits: `ahead` is the number of jobs before it, told when it changes and where the backend says it; it has
   * waited for `waitedMs` since it was submitted.
   */
  'execute-queued': EventBase & {
    planId: string;
    executor: string;
    ahead: number;
    waitedMs: number;
  };
  /** A job has begun to run, having waited for `waitedMs`; once a job, and not of one that was over at the first look. */
  'execute-running': EventBase & { planId: string; executor: string; waitedMs: number };
  /** A job made progress; `fraction` goes from 0 to 1 and never falls within one job. */
  'execute-progress': EventBase & { planId: string; executor: string } & JobProgress;
  /** A preview: the picture as far as the job has made it. */
  'execute-preview': EventBase & { planId: string; bytes: Uint8Array; mediaType: string };
  /** A try failed and another follows: the same flow again, the next flow, or the next executor. */
  'execute-retry': EventBase & { attempt: Attempt; next: 'again' | 'flow' | 'executor' };
  /** A job is over; `attempt` says how it ended. */
  'execute-end': EventBase & { planId: string; attempt: Attempt };
  /** An image was scored; `score` is `null` where there is no scorer or it failed. */
  'image-scored': EventBase & { image: Omit<ResultImage, 'score'>; score: Score | null };
  /** A flow of a shortlist has ended or was skipped. */
  'candidate-end': EventBase & { candidate: CandidateRecord };
  /** Something the caller should know that did not stop the run. */
  'run-warning': EventBase & { warning: Warning };
  /** The run is over; exactly one for each `run-start`. */
  'run-end': EventBase & { outcome: 'succeeded' | 'failed' | 'aborted'; error?: unknown };
}

/** Names of events. */
export type EventName = keyof ComfyGenEvents;

/** Any event of a run; `type` is its name. */
export type RunEvent = { [N in EventName]: { type: N } & ComfyGenEvents[N] }[EventName];

/** Adds and removes event listeners. The methods return nothing: to stop, call `off` with the same function. */
export interface EventSource {
  /** Calls the listener at each event of this name. */
  on<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
  /** Calls the listener at the next event of this name only. */
  once<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
  /** Removes a listener that was added by `on` or `once`. */
  off<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
}

// `listener` is the host's own function where `once` wrapped it.
type Listener = ((event: unknown) => unknown) & { listener?: unknown };

/** Listens to all events of one run. */
export type OnEvent = (event: RunEvent) => unknown;

/** Gets the error of a listener that threw or whose promise rejected, as a text: `run-start: not a function`. */
export type OnListenerError = (message: string) => void;

/** `source` for the host and `emit` for core; a listener that throws affects neither the run nor other listeners. */
export function createEvents() {
  const emitter = new EventEmitter<Record<string, Listener>>();
  // eventemitter3 lets a listener's error through to whoever emits, and skips the listeners after it.
  function emit<N extends EventName>(
    name: N,
    event: ComfyGenEvents[N],
    onError: OnListenerError,
    own: readonly OnEvent[] = [],
  ) {
    const listeners: Listener[] = [
      ...emitter.listeners(name),
      ...own.map((tell) => (shown: unknown) => {
        const named: unknown = Object.freeze({ type: name, ...(shown as object) });
        return tell(named as RunEvent);
      }),
    ];
    if (listeners.length === 0) return;
    const report = (error: unknown) => onError(`${name}: ${messageOf(error)}`);
    let shown: unknown;
    for (const listener of listeners) {
      try {
        shown ??= frozenCopy(event, name !== 'execute-preview');
        const answer: unknown = listener(shown);
        if (answer instanceof Promise) answer.catch(report);
      } catch (error) {
        report(error);
      }
    }
  }
  const source: EventSource = {
    on: (name, listener) => {
      requireListener(name, listener);
      emitter.on(name, listener as Listener);
    },
    once: (name, listener) => {
      requireListener(name, listener);
      const wrapper: Listener = (event) => {
        emitter.off(name, wrapper);
        return (listener as Listener)(event);
      };
      wrapper.listener = listener;
      emitter.on(name, wrapper);
    },
    off: (name, listener) => {
      requireListener(name, listener);
      for (const one of emitter.listeners(name) as Listener[])
        if (one === listener || one.listener === listener) emitter.off(name, one);
    },
  };
  return { source, emit, clear: () => void emitter.removeAllListeners() };
}

function requireListener(name: unknown, listener: unknown): void {
  if (typeof name === 'string' && typeof listener === 'function') return;
  const message = 'Events are listened to by their name and with a function.';
  throw new ComfygenError('INVALID_OPTIONS', message);
}

/** Plain data and bytes are copied; what is neither stays itself, and of those an error of ours is frozen. */
function frozenCopy(value: unknown, withBytes: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isBytes(value)) return withBytes ? new Uint8Array(value) : value;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item, withBytes)));
  if (ComfygenError.is(value)) return freeze(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const fields = Object.entries(value).map(([key, item]) => [key, frozenCopy(item, withBytes)]);
  return Object.freeze(Object.fromEntries(fields));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  const { details } = value as { details?: unknown };
  for (const inner of Object.values(ComfygenError.is(value) ? { details } : value)) freeze(inner);
  return value;
}

export type EmitEvent = ReturnType<typeof createEvents>['emit'];
