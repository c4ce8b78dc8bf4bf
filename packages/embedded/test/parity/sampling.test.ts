import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLER_NAMES } from '../../src/sampling/samplers.ts';
import { SCHEDULER_NAMES } from '../../src/sampling/schedulers.ts';
import { allNumbers, keptNumbers, measureParity, readNumbers } from './measure-sampling.ts';

const LIMITS = { noise: 1e-5, schedulers: 1e-5, flow: 1e-5, denoise: 1e-5, samplers: 1e-4 };

const recorded = existsSync(allNumbers);
if (!recorded) {
  console.warn(`SKIPPED: sampling against all recorded numbers, because ${allNumbers} is absent.`);
}

const files: [string, URL][] = [['kept', keptNumbers]];
if (recorded) files.push(['recorded', allNumbers]);

describe.each(files)('sampling against the %s numbers of ComfyUI 0.33.0', (_, url) => {
  const parity = measureParity(readNumbers(url));
  for (const [group, limit] of Object.entries(LIMITS)) {
    it.each(Object.entries(parity[group] ?? {}))(
      `${group}: the error of %s is at most ${limit}`,
      (_, error) => expect(error).toBeLessThanOrEqual(limit),
    );
  }

  it('covers every scheduler, every sampler that has numbers, and every shape of noise', () => {
    expect(Object.keys(parity['schedulers'] ?? {}).sort()).toEqual([...SCHEDULER_NAMES].sort());
    // ddim is euler, and has none of its own.
    const measured = Object.keys(parity['samplers'] ?? {});
    expect([...measured, 'ddim'].sort()).toEqual([...SAMPLER_NAMES].sort());
    expect(Object.keys(parity['noise'] ?? {})).toHaveLength(4);
  });
});
