import { describe, expect, it } from 'vitest';
import { finishWork, runAtOnce, runInSlices, type Work } from './work.ts';

/** Work of many parts, each of which takes a moment. */
function* grind(parts: number, seen: string[]): Work<number> {
  for (let part = 0; part < parts; part += 1) {
    const start = performance.now();
    while (performance.now() - start < 2);
    seen.push('part');
    yield;
  }
  return parts;
}

describe('runInSlices', () => {
  it('lets others run before the work is done', async () => {
    const seen: string[] = [];
    setTimeout(() => seen.push('timer'), 1);
    expect(await runInSlices(grind(60, seen))).toBe(60);
    expect(seen.indexOf('timer')).toBeGreaterThan(-1);
    expect(seen.indexOf('timer')).toBeLessThan(60);
  });

  it('stops at an abort with its reason, and does nothing more', async () => {
    const seen: string[] = [];
    const controller = new AbortController();
    const running = runInSlices(grind(1000, seen), controller.signal);
    setTimeout(() => controller.abort('enough'), 1);
    await expect(running).rejects.toBe('enough');
    const done = seen.length;
    expect(done).toBeLessThan(1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toHaveLength(done);
  });

  it('rejects with what the work throws', async () => {
    // biome-ignore lint/correctness/useYield: it ends before it could
    const failing = (function* (): Work<void> {
      throw new Error('broken');
    })();
    await expect(runInSlices(failing)).rejects.toThrow('broken');
  });
});

describe('finishWork', () => {
  it('takes values and work alike', () => {
    expect(runAtOnce(7)).toBe(7);
    expect(runAtOnce([7])).toEqual([7]);
    expect(runAtOnce(finishWork(grind(2, [])))).toBe(2);
  });
});
