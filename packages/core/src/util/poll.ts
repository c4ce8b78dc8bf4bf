import type { CallContext } from '../spec/index.ts';

/** How to poll. */
export interface PollOptions<T> {
  /** The first pause, in milliseconds. */
  intervalMs: number;
  /** Pauses grow by half up to this. Default: `intervalMs`. */
  maxIntervalMs?: number | undefined;
  /** One look; `undefined` means not yet. What it throws ends the polling. */
  step(): Promise<T | undefined>;
  ctx: Pick<CallContext, 'signal' | 'clock'>;
}

/** What `step` found at last; the pauses end at once when the signal aborts, with its reason. */
export async function poll<T>({
  intervalMs,
  maxIntervalMs = intervalMs,
  step,
  ctx,
}: PollOptions<T>): Promise<T> {
  for (let pause = intervalMs; ; pause = Math.min(maxIntervalMs, pause * 1.5)) {
    ctx.signal.throwIfAborted();
    const found = await step();
    if (found !== undefined) return found;
    await ctx.clock.sleep(pause, ctx.signal);
  }
}
