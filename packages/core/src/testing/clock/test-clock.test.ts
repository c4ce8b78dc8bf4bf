import { describe, expect, it } from 'vitest';
import { createTestClock } from './test-clock.ts';

describe('createTestClock', () => {
  it('ends sleeps in the order of their time, and of their start where that is the same', async () => {
    const clock = createTestClock({ startMs: 0, waitsFor: 'turn' });
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const all = [sleep('c', 30), sleep('a', 10), sleep('b', 10), sleep('zero', -1)];
    for (let ms = 100; ms > 40; ms -= 1) all.push(sleep(`${ms}`, ms));
    await clock.advance(35);
    expect(woken).toEqual([
      ['zero', 0],
      ['a', 10],
      ['b', 10],
      ['c', 30],
    ]);
    expect([clock.now(), clock.sleeping]).toEqual([35, 60]);
    await clock.run(Promise.all(all));
    expect(woken.slice(4).map(([, at]) => at)).toEqual(
      Array.from({ length: 60 }, (_, n) => 41 + n),
    );
    expect(clock.sleeping).toBe(0);
  });

  it('waits between two sleeps for what the first one started', async () => {
    const clock = createTestClock({ startMs: 0, waitsFor: 'turn' });
    const at: number[] = [];
    const twice = async () => {
      await clock.sleep(10);
      at.push(clock.now());
      await clock.sleep(10);
      at.push(clock.now());
    };
    const once = clock.sleep(25).then(() => at.push(clock.now()));
    const both = twice();
    await clock.advance(100);
    await Promise.all([both, once]);
    expect(at).toEqual([10, 20, 25]);
  });

  it('leaves no sleep behind where it is aborted, and wakes the others', async () => {
    const clock = createTestClock({ waitsFor: 'turn' });
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted = clock.sleep(5, stop.signal);
    const other = clock.sleep(7);
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(clock.sleep(1, stop.signal)).rejects.toBe(reason);
    expect(clock.sleeping).toBe(1);
    await clock.run(other);
  });

  it('says what a promise would take too long for', async () => {
    const clock = createTestClock({ waitsFor: 'turn' });
    await expect(clock.run(clock.sleep(3_600_001))).rejects.toThrow(
      /not settled within 3600000 ms/,
    );
    await expect(clock.run(clock.sleep(11), 10)).rejects.toThrow(/within 10 ms/);
  });

  it('moves by itself where it is asked to', async () => {
    const clock = createTestClock({ startMs: 5, waitsFor: 'turn', movedBy: 'itself' });
    await Promise.all([clock.sleep(40), clock.sleep(20)]);
    await clock.sleep(2);
    expect([clock.now(), clock.sleeping]).toEqual([47, 0]);
  });
});
