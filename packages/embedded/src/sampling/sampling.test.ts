import { runAtOnce } from 'comfygen/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSampler } from './samplers.ts';
import { partialSigmas, SCHEDULER_NAMES, scheduleSigmas } from './schedulers.ts';
import { createSdSigmas } from './sigma-table.ts';
import { createTorchGenerator, torchNoise } from './torch-noise.ts';

describe('schedulers and samplers', () => {
  const sd = createSdSigmas();

  it('ddim goes as euler does', () => {
    const walk = (name: string) => {
      const steps = findSampler(name)({
        sigmas: scheduleSigmas(sd, 'karras', 5),
        x: Float32Array.from([3, -2, 1, 0.5]),
        noise: createTorchGenerator(1),
        denoise: (x) => x.map((value) => value / 2),
      });
      for (;;) {
        const { done, value } = steps.next();
        if (done) return value;
      }
    };
    expect(walk('ddim')).toEqual(walk('euler'));
    expect(walk('ddim')).not.toEqual(walk('heun'));
  });

  it('kl_optimal with one step is refused by name', () => {
    expect(() => scheduleSigmas(sd, 'kl_optimal', 1)).toThrow(/kl_optimal/);
  });

  it('names what exists when a sampler or a scheduler is not known', () => {
    expect(() => findSampler('dpmpp_3m_sde')).toThrow(/"dpmpp_3m_sde".*euler/);
    expect(() => findSampler('toString')).toThrow(/does not run here/);
    expect(() => scheduleSigmas(sd, 'fast', 4)).toThrow(/"fast".*karras/);
  });

  it('never rises and ends at zero for every scheduler and number of steps', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEDULER_NAMES),
        fc.integer({ min: 2, max: 150 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (scheduler, steps, denoise) => {
          const levels = partialSigmas(sd, scheduler, steps, denoise);
          expect(levels.at(-1)).toBe(0);
          for (let i = 1; i < levels.length; i++) {
            expect(levels[i]).toBeLessThanOrEqual(levels[i - 1] as number);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('samples nothing at denoise 0', () => {
    expect(partialSigmas(sd, 'normal', 20, 0)).toHaveLength(0);
  });
});

describe('noise', () => {
  it('goes on where the last call stopped, also for an odd count', () => {
    const generator = createTorchGenerator(3);
    const once = runAtOnce(createTorchGenerator(3).normal(10));
    expect([3, 7].flatMap((count) => [...runAtOnce(generator.normal(count))])).toEqual([...once]);
  });

  it('takes seeds up to 2^64 − 1', () => {
    expect(runAtOnce(torchNoise(2n ** 64n - 1n, [1, 4, 2, 2]))).toEqual(
      runAtOnce(torchNoise(2 ** 32 - 1, [1, 4, 2, 2])),
    );
  });
});
