import type { CallContext, JobEvent, JobSnapshot } from '../spec/index.ts';
import { createForwardGate, isTerminal } from './job-state.ts';

/** How often to look, in milliseconds; pauses grow by half. */
export interface WatchOptions {
  intervalMs: number;
  maxIntervalMs: number;
}

/**
 * A job's events from looks at it: states that never go back, progress that never falls, each warning once,
 * and one final state at the end. What a look throws ends it; the job can still be inspected.
 */
export async function* watchByPolling(
  look: () => Promise<JobSnapshot>,
  { intervalMs, maxIntervalMs }: WatchOptions,
  { signal, clock }: CallContext,
): AsyncGenerator<JobEvent> {
  const gate = createForwardGate();
  const warned = new Set<string>();
  let shown: string | undefined;
  for (let pause = intervalMs; ; pause = Math.min(maxIntervalMs, pause * 1.5)) {
    signal.throwIfAborted();
    const { state, progress, warnings } = await look();
    const events: JobEvent[] = [];
    for (const warning of warnings) {
      if (!warned.has(warning.code)) events.push({ type: 'warning', warning });
      warned.add(warning.code);
    }
    const seen = progress && JSON.stringify(progress);
    if (progress && seen !== shown) events.push({ type: 'progress', progress });
    shown = seen;
    events.push({ type: 'state', state });
    for (const event of events) if (gate.pass(event)) yield event;
    if (gate.over) return;
    await clock.sleep(pause, signal);
  }
}

/** Gets each event of one job, from an executor to which its backend sends events. */
export type JobListener = (event: JobEvent) => void;

/** Events that wait to be read; above so many, an older progress or preview makes place for a newer one. */
const FLOOD = 64;

/** Settings of `watchListeners`. */
export interface ListenOptions {
  /** What the job has come to so far; a final state among it ends the events. */
  first: readonly JobEvent[];
  signal: AbortSignal;
  /** Ends the events without an error once aborted, for an executor that is disposed of. */
  closed?: AbortSignal | undefined;
}

/**
 * A job's events from now on, for an executor that gets them itself: it calls all `listeners` of the job with each
 * event. Begins with `first`, ends after a final state, and leaves no listener behind. Rejects with the signal's
 * reason.
 */
export async function* watchListeners(
  listeners: Set<JobListener>,
  { first, signal, closed }: ListenOptions,
): AsyncGenerator<JobEvent> {
  signal.throwIfAborted();
  const pending = [...first];
  let wake = () => {};
  const listen: JobListener = (event) => {
    // Of a flood the last one tells it all; what comes at a reader's pace is not touched.
    const { type } = event;
    const isFlood = pending.length > FLOOD && (type === 'progress' || type === 'preview');
    const same = isFlood ? pending.findLastIndex((one) => one.type === type) : -1;
    if (same >= 0) pending.splice(same, 1);
    pending.push(event);
    wake();
  };
  const onAbort = () => wake();
  listeners.add(listen);
  signal.addEventListener('abort', onAbort);
  closed?.addEventListener('abort', onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      if (closed?.aborted) return;
      const event = pending.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      yield event;
      if (event.type === 'state' && isTerminal(event)) return;
    }
  } finally {
    listeners.delete(listen);
    signal.removeEventListener('abort', onAbort);
    closed?.removeEventListener('abort', onAbort);
  }
}
