import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Clock, ExecutorV1, ScorerV1, SelectorV1 } from '../spec/index.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { backwards, byteWeight } from '../testing/reference/sound-parts.ts';
import { createCallContext } from './call-context.ts';
import { systemClock } from './clock.ts';
import { defineExecutor, defineScorer, defineSelector } from './define.ts';
import { letOthersRun } from './let-others-run.ts';
import { loadSetting } from './load-setting.ts';
import { untilAborted, withinLimit } from './settle.ts';
import { wrapExecutor, wrapScorer, wrapSelector } from './wrap.ts';

const part = { role: 'executor', name: 'mine' } as const;

describe('define', () => {
  it('adds spec and role, and keeps what TypeScript knew', () => {
    const { spec: _s, role: _r, ...bare } = backwards;
    const selector = defineSelector({ ...bare, extra: 1 });
    expect(selector).toMatchObject({ spec: 'v1', role: 'selector', extra: 1 });
    expectTypeOf(selector).toExtend<SelectorV1>();
    expectTypeOf(selector.extra).toEqualTypeOf<number>();
  });

  it('is assignable where a part is expected, with methods typed from the contract', () => {
    const scorer: ScorerV1 = defineScorer({
      name: 'one',
      version: '1',
      range: [0, 1],
      supports: { deterministic: true },
      score: async ({ image }) => ({ value: 1, raw: { n: image.bytes.length }, warnings: [] }),
    });
    const { spec: _s, role: _r, ...bare } = scriptedBackend(['succeed']).create();
    const executor: ExecutorV1 = defineExecutor(bare);
    expect([scorer.role, executor.role]).toEqual(['scorer', 'executor']);
  });
});

describe('wrap', () => {
  it('changes some methods, and leaves the original', async () => {
    const executor = scriptedBackend(['succeed']).create();
    const renamed = wrapExecutor(executor, ({ name }) => ({ name: `${name}-2` }));
    expect([executor.name, renamed.name, renamed.submit]).toEqual([
      'scripted',
      'scripted-2',
      executor.submit,
    ]);
    const selector = wrapSelector(backwards, () => ({ name: 'x' }));
    const scorer = wrapScorer(byteWeight, (inner) => ({
      score: async (request, ctx) => ({ ...(await inner.score(request, ctx)), value: 1 }),
    }));
    expect([selector.name, scorer.version]).toEqual(['x', '1']);
  });
});

describe('loadSetting', () => {
  const ENV = 'COMFYGEN_TEST_SETTING';
  const load = (value?: string) => loadSetting({ part, option: 'apiKey', value, env: ENV });
  afterEach(() => {
    delete process.env[ENV];
  });

  it('takes the option, then the environment as it is now', () => {
    process.env[ENV] = ' from-env ';
    expect(load(' option ')).toBe('option');
    expect(load()).toBe('from-env');
    expect(load('  ')).toBe('from-env');
  });

  it('names both places when neither has it', () => {
    process.env[ENV] = ' ';
    expect(() => load('')).toThrow(
      expect.objectContaining({
        code: 'MISSING_SETTING',
        message: expect.stringMatching(/apiKey.*COMFYGEN_TEST_SETTING/),
        part,
      }),
    );
  });
});

describe('systemClock', () => {
  afterEach(() => void vi.useRealTimers());

  it('sleeps longer than a timer can', async () => {
    vi.useFakeTimers();
    let awake = false;
    void systemClock.sleep(2 ** 32).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(2 ** 32 - 1);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(awake).toBe(true);
  });

  it('wakes with the reason of an abort', async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    const reason = new Error('up');
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleep(1, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('untilAborted', () => {
  it('gives what the work gives, or what it throws', async () => {
    const { signal } = new AbortController();
    const broken = new Error('broken');
    expect(await untilAborted(signal, () => 'at once')).toBe('at once');
    expect(await untilAborted(signal, async () => 'later')).toBe('later');
    const thrown = untilAborted(signal, () => {
      throw broken;
    });
    await expect(thrown).rejects.toBe(broken);
  });

  it('rejects with the reason of an abort, and does not begin under one', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = untilAborted(stop.signal, () => new Promise<never>(() => {}));
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const work = vi.fn();
    await expect(untilAborted(stop.signal, work)).rejects.toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });
});

describe('letOthersRun', () => {
  it('lets a timer and an abort be heard', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    setImmediate(() => stop.abort(reason));
    await expect(letOthersRun(stop.signal)).rejects.toBe(reason);
    await expect(letOthersRun()).resolves.toBeUndefined();
  });
});

describe('withinLimit', () => {
  const late = () => new ComfygenError('UNAVAILABLE', 'Too late.');
  const never = () => new Promise<never>(() => {});
  /** A clock on which every limit is over at once, or never. */
  const clock = (isOver: boolean): Clock => ({
    now: () => 0,
    sleep: isOver ? async () => {} : never,
  });

  it('gives what the work gives, and ends the timer', async () => {
    let timer: AbortSignal | undefined;
    const sleep: Clock['sleep'] = (_ms, signal) => {
      timer = signal;
      return never();
    };
    const watched: Clock = { now: () => 0, sleep };
    const ctx = createCallContext({ clock: watched });
    expect(await withinLimit(ctx, 5, late, async () => 'done')).toBe('done');
    expect(timer?.aborted).toBe(true);
  });

  it('waits no longer for work that ignores its signal', async () => {
    const ctx = createCallContext({ clock: clock(true) });
    await expect(withinLimit(ctx, 5, late, never)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('rethrows the caller’s reason, before and during the work', async () => {
    const stop = new AbortController();
    const ctx = createCallContext({ clock: clock(false), signal: stop.signal });
    const reason = new Error('enough');
    const working = withinLimit(ctx, 5, late, async (signal) => {
      stop.abort(reason);
      signal.throwIfAborted();
    });
    await expect(working).rejects.toBe(reason);
    await expect(withinLimit(ctx, 5, late, never)).rejects.toBe(reason);
  });
});
