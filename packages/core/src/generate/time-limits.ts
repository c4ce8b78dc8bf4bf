import { ComfygenError } from '../errors/comfygen-error.ts';
import type { CallContext } from '../spec/index.ts';
import { withinLimit } from '../util/settle.ts';

/** A step with a limit of its own, so that a part or store that never answers costs its own result alone. */
export interface Step {
  limitMs: number;
  /** Of the time that is left before the run's deadline, this share is its own at most. Default: all of it. */
  share?: number;
}

/**
 * The work's outcome, within its own limit and the run's deadline. Rethrows the caller's reason.
 *
 * @throws CLIENT_TIMEOUT where it took too long; it is not waited for any more
 */
export function inTime<T>(
  call: CallContext,
  { limitMs, share = 1 }: Step,
  work: (call: CallContext) => T | PromiseLike<T>,
): Promise<Awaited<T>> {
  const now = call.clock.now();
  const left = call.deadline === undefined ? limitMs : (call.deadline - now) * share;
  const ms = Math.max(0, Math.min(limitMs, left));
  const late = () =>
    new ComfygenError('CLIENT_TIMEOUT', `It took longer than ${Math.round(ms)} ms.`);
  return withinLimit(call, ms, late, (signal) => work({ ...call, signal, deadline: now + ms }));
}
