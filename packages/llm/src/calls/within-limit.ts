import { type CallContext, ComfygenError, type PartRef } from 'comfygen/plugin';

/**
 * The work's outcome, within `timeoutMs` and the caller's deadline, on the caller's clock. Work that ignores its
 * signal holds nobody up. Rethrows the caller's reason. @throws UNAVAILABLE after `timeoutMs`, CLIENT_TIMEOUT at the
 * deadline
 */
export async function withinLimit<T>(
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

  const stop = new AbortController();
  const over = new AbortController();
  const onAbort = () => stop.abort(ctx.signal.reason);
  ctx.signal.addEventListener('abort', onAbort, { once: true });
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  const limitMs = Math.min(timeoutMs, left);
  ctx.clock.sleep(limitMs, over.signal).then(
    () => stop.abort(late()),
    () => {},
  );
  try {
    return await Promise.race([work(stop.signal, limitMs), stopped]);
  } catch (error) {
    // What a stopped request throws says nothing; why it was stopped does.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    over.abort();
    ctx.signal.removeEventListener('abort', onAbort);
  }
}
