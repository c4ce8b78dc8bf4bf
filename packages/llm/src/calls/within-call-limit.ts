import { type CallContext, ComfygenError, type PartRef, withinLimit } from 'comfygen/plugin';

/**
 * The work's outcome, within `timeoutMs` and the caller's deadline, on the caller's clock. Rethrows the caller's
 * reason.
 *
 * @throws UNAVAILABLE after `timeoutMs`, CLIENT_TIMEOUT at the deadline
 */
export async function withinCallLimit<T>(
  part: PartRef,
  ctx: CallContext,
  timeoutMs: number,
  work: (signal: AbortSignal, limitMs: number) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted();
  const left =
    ctx.deadline === undefined ? Number.POSITIVE_INFINITY : ctx.deadline - ctx.clock.now();
  const late = () =>
    left <= timeoutMs
      ? new ComfygenError('CLIENT_TIMEOUT', `${part.name} had not answered by the deadline.`, {
          part,
        })
      : new ComfygenError('UNAVAILABLE', `${part.name} did not answer within ${timeoutMs} ms.`, {
          part,
        });
  if (left <= 0) throw late();
  const limitMs = Math.min(timeoutMs, left);
  return withinLimit(ctx, limitMs, late, (signal) => work(signal, limitMs));
}
