import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { CallContext, ExecutorV1 } from '../spec/index.ts';
import { createTestClock } from '../testing/clock/test-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { byteWeight } from '../testing/reference/sound-parts.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { steadyClock, systemClock } from '../util/clock.ts';
import { wrapExecutor, wrapScorer } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
// Loaded ahead: a module that loads meanwhile takes no turn of the clock.
import './run.ts';

const HOUR = 3_600_000;
const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];

describe.each([HOUR, -HOUR])('a wall clock that is set by %d ms in a run', (ms) => {
  function setUp(change: (part: ExecutorV1, jump: () => void) => Partial<ExecutorV1>) {
    const clock = createTestClock({ waitsFor: 'turn' });
    const { create, submitted } = scriptedBackend(['succeed']);
    const executor = wrapExecutor(create(), (part) => change(part, () => clock.jump(ms)));
    const deadlines: number[] = [];
    const scorer = wrapScorer(byteWeight, (part) => ({
      async score(request, ctx) {
        deadlines.push(ctx.deadline! - ctx.clock.now());
        return part.score(request, ctx);
      },
    }));
    const comfygen = createComfyGen({ flows, executor, scorer, clock });
    const generate = (timeoutMs: number) =>
      clock.run(comfygen.generate('a red apple', { seed: 1, timeoutMs }));
    return { clock, submitted, deadlines, generate };
  }

  it('loses no job, and leaves timings and deadline as they were', async () => {
    let looks = 0;
    const { submitted, deadlines, generate } = setUp((part, jump) => ({
      async *watch() {},
      async inspect(ref, ctx: CallContext) {
        looks += 1;
        if (looks === 2) jump();
        if (looks < 4) throw new ComfygenError('UNAVAILABLE', 'no answer');
        return part.inspect(ref, ctx);
      },
    }));
    const { timings, attempts, images } = await generate(100_000);
    expect([submitted.length, attempts.length]).toEqual([1, 1]);
    expect(timings.totalMs).toBeGreaterThan(0);
    expect(timings.totalMs).toBeLessThan(10_000);
    expect(images[0]?.score).not.toBeNull();
    // A share of what is left of 100 s, at most the scorer's own minute.
    expect(deadlines).toEqual([60_000]);
  });

  it('ends a run no sooner and no later', async () => {
    const { clock, generate } = setUp((_, jump) => ({
      async inspect() {
        jump();
        return new Promise<never>(() => {});
      },
    }));
    const from = clock.monotonic();
    await expect(generate(5_000)).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT' });
    // The cancel that follows is answered at once.
    expect(clock.monotonic() - from).toBe(5_000);
  });
});

it('takes durations from the machine where a clock has no monotonic time', () => {
  let offset = 0;
  const clock = steadyClock({ now: () => Date.now() + offset, sleep: systemClock.sleep });
  const before = clock.now();
  offset = HOUR;
  expect(clock.now() - before).toBeLessThan(HOUR);
});
