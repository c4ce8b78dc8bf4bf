import type { CallContext, Log } from '../spec/index.ts';
import { systemClock } from './clock.ts';

/** A log that drops everything. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {} };

/** A context for calling a part directly, outside a run: never aborts, no deadline, the machine's time. */
export function createCallContext(overrides: Partial<CallContext> = {}): CallContext {
  return {
    signal: overrides.signal ?? new AbortController().signal,
    deadline: overrides.deadline,
    clock: overrides.clock ?? systemClock,
    log: overrides.log ?? silentLog,
  };
}
