import type { CallContext, JobEvent, JobSnapshot } from '../spec/index.ts';
import { createForwardGate } from './job-state.ts';

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
