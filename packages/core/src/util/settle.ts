import type { CallContext } from '../spec/index.ts';

/**
 * The work's outcome, or the signal's reason as soon as it aborts: work that ignores its signal holds nobody up. Under
 * a signal that is aborted already the work is not begun.
 */
export function untilAborted<T>(
  signal: AbortSignal,
  work: () => T | PromiseLike<T>,
): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const done = () => signal.removeEventListener('abort', onAbort);
    new Promise<T>((begin) => begin(work()))
      .then(resolve as (value: T) => void, reject)
      .finally(done);
  });
}

/**
 * The work's outcome; the caller's own reason as soon as its signal aborts; `onLate`'s error after `limitMs`, in
 * milliseconds of the caller's clock, which also aborts the signal that the work gets. Work that ignores its signal
 * holds nobody up, and no timer is left behind. For cleaning up, which nobody calls off, leave `signal` out.
 */
export async function withinLimit<T>(
  ctx: Pick<CallContext, 'clock'> & Partial<Pick<CallContext, 'signal'>>,
  limitMs: number,
  onLate: () => Error,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<Awaited<T>> {
  ctx.signal?.throwIfAborted();
  const stop = new AbortController();
  const over = new AbortController();
  const onAbort = () => stop.abort(ctx.signal?.reason);
  ctx.signal?.addEventListener('abort', onAbort, { once: true });
  ctx.clock.sleep(limitMs, over.signal).then(
    () => stop.abort(onLate()),
    () => {},
  );
  try {
    return await untilAborted(stop.signal, () => work(stop.signal));
  } catch (error) {
    // What a stopped request throws says nothing; why it was stopped does.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    over.abort();
    ctx.signal?.removeEventListener('abort', onAbort);
  }
}
