import { EventEmitter } from 'eventemitter3';
import type { Brief, JobProgress, Plan, Score, Selection, Warning } from '../spec/index.ts';
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
  /** Something to know that stopped nothing. */
  'run-warning': EventBase & { warning: Warning };
  /** The run is over; exactly one for each `run-start`. */
  'run-end': EventBase & { outcome: 'succeeded' | 'failed' | 'aborted'; error?: unknown };
}

export type EventName = keyof ComfyGenEvents;

/** Where a host listens. The methods return nothing; `off` with the same function ends it. */
export interface EventSource {
  on<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
  once<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
  off<N extends EventName>(name: N, listener: (event: ComfyGenEvents[N]) => void): void;
}

type Listener = (...args: unknown[]) => void;

/** A source for the host and an emitter for us, in which a listener that throws hurts nobody. */
export function createEvents() {
  const emitter = new EventEmitter<Record<string, Listener>>();
  // eventemitter3 lets a listener's error through to whoever emits, and skips the listeners after it.
  const emit = <N extends EventName>(name: N, event: ComfyGenEvents[N]): void => {
    for (const listener of emitter.listeners(name)) {
      try {
        (listener as (event: ComfyGenEvents[N]) => void)(event);
      } catch (error) {
        if (name === 'run-warning') continue;
        const { runId, at } = event;
        const message = `A listener of "${name}" threw: ${error instanceof Error ? error.message : String(error)}`;
        emit('run-warning', { runId, at, warning: { code: 'listener-failed', message } });
      }
    }
  };
  const onceWrappers = new Map<unknown, Listener>();
  const source: EventSource = {
    on: (name, listener) => void emitter.on(name, listener as Listener),
    once: (name, listener) => {
      const wrapper: Listener = (event) => {
        source.off(name, listener);
        (listener as Listener)(event);
      };
      onceWrappers.set(listener, wrapper);
      emitter.on(name, wrapper);
    },
    off: (name, listener) => {
      emitter.off(name, listener as Listener);
      const wrapper = onceWrappers.get(listener);
      if (wrapper) emitter.off(name, wrapper);
      onceWrappers.delete(listener);
    },
  };
  return { source, emit, clear: () => void emitter.removeAllListeners() };
}

export type EmitEvent = ReturnType<typeof createEvents>['emit'];
