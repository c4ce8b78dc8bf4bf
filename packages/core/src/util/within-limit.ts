import type { ComfygenError } from '../errors/comfygen-error.ts';
import type { CallContext } from '../spec/index.ts';

/**
 * The work's outcome; the caller's own reason as soon as its signal aborts; `onLate`'s error after `limitMs`,
 * measured on the caller's clock. Work that ignores its signal holds nobody up, and no timer is left behind.
 */
export async function withinLimit<T>(
  ctx: Pick<CallContext, 'signal' | 'clock'>,
  limitMs: number,
  onLate: () => ComfygenError,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted();
  const stop = new AbortController();
  const over = new AbortController();
  const onAbort = () => stop.abort(ctx.signal.reason);
  ctx.signal.addEventListener('abort', onAbort, { once: true });
  const aborted = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  ctx.clock.sleep(limitMs, over.signal).then(
    () => stop.abort(onLate()),
    () => {},
  );
  try {
    return await Promise.race([work(stop.signal), aborted]);
  } catch (error) {
    // What a stopped request throws says nothing; why it was stopped does.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    over.abort();
    ctx.signal.removeEventListener('abort', onAbort);
  }
}
