import { EventEmitter } from 'eventemitter3';
import type {
  Brief,
  CandidateRecord,
  JobProgress,
  Plan,
  Score,
  Selection,
  Warning,
} from '../spec/index.ts';
import type { Attempt, ResultImage } from './types.ts';

/** In every event. */
interface EventBase {
  runId: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What a host can listen to. Events observe; they change nothing. */
export interface ComfyGenEvents {
  /** A run began. */
  'run-start': EventBase & { brief: Brief };
  /** A flow was chosen and bound; again after a fallback to another flow. */
  'plan-selected': EventBase & { selection: Selection; plan: Plan };
  /** A plan is about to be submitted. */
  'execute-start': EventBase & { planId: string; flowId: string; executor: string };
  /** A job moved; `fraction` never falls within one job. */
  'execute-progress': EventBase & { planId: string; executor: string } & JobProgress;
  /** A picture of the job so far. */
  'execute-preview': EventBase & { planId: string; bytes: Uint8Array; mediaType: string };
  /** A try failed and another follows: the same flow again, the next flow, or the next executor. */
  'execute-retry': EventBase & { attempt: Attempt; next: 'again' | 'flow' | 'executor' };
  /** A job is over. */
  'execute-end': EventBase & { planId: string; attempt: Attempt };
  /** An image has its score, or none. */
  'image-scored': EventBase & { image: Omit<ResultImage, 'score'>; score: Score | null };
  /** A flow of a shortlist is over or was passed by. */
  'candidate-end': EventBase & { candidate: CandidateRecord };
  /** Something to know that stopped nothing. */
  'run-warning': EventBase & { warning: Warning };
  /** The run is over; exactly one for each `run-start`. */
  'run-end': EventBase & { outcome: 'succeeded' | 'failed' | 'aborted'; error?: unknown };
}

/** Names of events. */
export type EventName = keyof ComfyGenEvents;

/** Where a host listens. The methods return nothing; `off` with the same function ends it. */
export interface EventSource {
  /** Calls the listener at each event of this name. */
  on<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
  /** Calls it at the next one only. */
  once<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
  /** Ends what `on` and `once` began for this function. */
  off<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
}

// `listener` is the host's own function where `once` wrapped it.
type Listener = ((event: unknown) => unknown) & { listener?: unknown };

/** Told of a listener that threw, or whose promise rejected: `run-start: not a function`. */
export type OnListenerError = (message: string) => void;

/** A source for the host and an emitter for us, in which a listener that throws hurts nobody. */
export function createEvents() {
  const emitter = new EventEmitter<Record<string, Listener>>();
  // eventemitter3 lets a listener's error through to whoever emits, and skips the listeners after it.
  function emit<N extends EventName>(name: N, event: ComfyGenEvents[N], onError: OnListenerError) {
    const report = (error: unknown) =>
      onError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    for (const listener of emitter.listeners(name)) {
      try {
        const answer: unknown = listener(event);
        if (answer instanceof Promise) answer.catch(report);
      } catch (error) {
        report(error);
      }
    }
  }
  const source: EventSource = {
    on: (name, listener) => void emitter.on(name, listener as Listener),
    once: (name, listener) => {
      const wrapper: Listener = (event) => {
        emitter.off(name, wrapper);
        return (listener as Listener)(event);
      };
      wrapper.listener = listener;
      emitter.on(name, wrapper);
    },
    off: (name, listener) => {
      for (const one of emitter.listeners(name) as Listener[])
        if (one === listener || one.listener === listener) emitter.off(name, one);
    },
  };
  return { source, emit, clear: () => void emitter.removeAllListeners() };
}

export type EmitEvent = ReturnType<typeof createEvents>['emit'];
