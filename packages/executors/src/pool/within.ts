import { type CallContext, ComfygenError } from 'comfygen/plugin';

/** The work's outcome; HOST_FAULT once it took longer than `limitMs` of the context's clock, or the signal's reason. */
export async function within<T>(
  limitMs: number,
  ctx: CallContext,
  work: (ctx: CallContext) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => stop.abort(ctx.signal.reason);
  ctx.signal.addEventListener('abort', onAbort, { once: true });
  const over = new AbortController();
  ctx.clock.sleep(limitMs, over.signal).then(
    () => stop.abort(new ComfygenError('HOST_FAULT', `There was no answer for ${limitMs} ms.`)),
    () => {},
  );
  try {
    return await untilAborted(stop.signal, () => work({ ...ctx, signal: stop.signal }));
  } finally {
    over.abort();
    ctx.signal.removeEventListener('abort', onAbort);
  }
}

/** The work's outcome, or the signal's reason as soon as it aborts. */
export function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
