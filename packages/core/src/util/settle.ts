import type { CallContext } from '../spec/index.ts';

/**
 * Settles as the work does, or rejects with the signal's reason as soon as it aborts, even if the work does not stop.
 * With a signal that is aborted already the work is not begun.
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

/** Why what is over is stopped. One for all: to make it, with its stack, costs more than many a stage of a run. */
export const OVER = new DOMException('It is over.', 'AbortError');

/**
 * Settles as the work does, or rejects with the caller's own reason as soon as its signal aborts, or with `onLate`'s
 * error after `limitMs` milliseconds on the caller's clock. Both also abort the signal that the work gets; work that
 * does not stop is not waited for, and no timer is left behind. Leave `signal` out for cleaning up, which nobody
 * cancels.
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
    over.abort(OVER);
    ctx.signal?.removeEventListener('abort', onAbort);
  }
}
