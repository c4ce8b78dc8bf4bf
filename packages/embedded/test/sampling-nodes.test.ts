import type { Workflow } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { SAMPLER_NAMES } from '../src/sampling/samplers.ts';
import { change, textToImage } from './support/graphs.ts';
import { meanColour, pixelsOf } from './support/png.ts';
import { createExecutor, runToEnd } from './support/run-plan.ts';

const pictures = async (workflow: Workflow) => pixelsOf(await runToEnd(createExecutor(), workflow));

describe('KSampler', () => {
  it('draws what the text says, and the other thing for a negative text', async () => {
    const [red = []] = await pictures(textToImage());
    const [blue = []] = await pictures(
      textToImage({ positive: { text: '' }, negative: { text: 'red' } }),
    );
    const [[r = 0, , b = 0], [r2 = 0, , b2 = 0]] = [meanColour(red), meanColour(blue)];
    expect(r).toBeGreaterThan(b + 100);
    expect(b2).toBeGreaterThan(r2 + 100);
  });

  it('gives as many pictures as the batch has, the first as if it were alone', async () => {
    const alone = await pictures(textToImage());
    const batch = await pictures(textToImage({ latent: { batch_size: 3 } }));
    expect(batch).toHaveLength(3);
    expect(batch[0]).toEqual(alone[0]);
    expect(new Set(batch.map(String)).size).toBe(3);
  });

  it('keeps the latent at denoise 0, and leaves it further the higher denoise is', async () => {
    const distances: number[] = [];
    const start = await pictures(imageToImage(0));
    for (const denoise of [0.1, 0.5, 1]) {
      const [pixels = []] = await pictures(imageToImage(denoise));
      distances.push(pixels.reduce((sum, value, i) => sum + Math.abs(value - start[0]![i]!), 0));
    }
    expect(meanColour(start[0]!)).toEqual([0, 0, 127]);
    expect(distances[0]).toBeGreaterThan(0);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
  });
});

describe('areas of conditions', () => {
  it('hold on their side only', async () => {
    const [pixels = []] = await pictures(twoSides(32));
    const side = (from: number, to: number) =>
      meanColour(pixels.filter((_, i) => i % 192 >= from * 3 && i % 192 < to * 3));
    const [left, right] = [side(0, 32), side(32, 64)];
    expect(left[0]).toBeGreaterThan(left[2]! + 100);
    expect(right[2]).toBeGreaterThan(right[0]! + 100);
  });

  it('that start at the edge do nothing, which is said; beyond it they fail', async () => {
    const edge = await runToEnd(createExecutor(), twoSides(64));
    expect(edge.snapshot.warnings).toMatchObject([{ code: 'empty-area' }]);
    const beyond = await runToEnd(createExecutor(), twoSides(72));
    expect(beyond.snapshot.failure).toMatchObject({ code: 'INVALID_WORKFLOW', nodeId: 'sampler' });
  });
});

describe('KSamplerAdvanced', () => {
  // Ancestral samplers draw their step noise anew in the second run, in ComfyUI as well.
  it.each(['euler', 'ddim', 'heun'])('split in two steps through %s as KSampler', async (name) => {
    const whole = await pictures(textToImage({ sampler: { sampler_name: name } }));
    expect(await pictures(splitInTwo(name))).toEqual(whole);
  });

  it('clears the noise that is left over, unless told to return it', async () => {
    const short = advanced({ end_at_step: 2 });
    const [clean = []] = await pictures(short);
    const [noisy = []] = await pictures(
      change(short, { sampler: { return_with_leftover_noise: 'enable' } }),
    );
    expect(deviation(noisy)).toBeGreaterThan(deviation(clean));
  });
});

describe('SamplerCustomAdvanced', () => {
  it.each(SAMPLER_NAMES)('with CFGGuider equals KSampler for %s', async (name) => {
    const plain = textToImage({ sampler: { sampler_name: name } });
    expect(await pictures(fromParts(name))).toEqual(await pictures(plain));
  });

  it('with BasicGuider equals KSampler at cfg 1', async () => {
    const parts = fromParts('euler');
    parts['guider'] = {
      class_type: 'BasicGuider',
      inputs: { model: ['loader', 0], conditioning: ['positive', 0] },
    };
    expect(await pictures(parts)).toEqual(await pictures(textToImage({ sampler: { cfg: 1 } })));
  });

  it('gives the clean estimate as its second output', async () => {
    const parts = fromParts('euler');
    // Levels that do not end at zero: what is left is noisy, its estimate is not.
    const noisy = change(parts, { sampler: { sigmas: ['levels', 0] } });
    noisy['levels'] = {
      class_type: 'KarrasScheduler',
      inputs: { steps: 2, sigma_max: 14.6, sigma_min: 2, rho: 7 },
    };
    const estimate = change(noisy, { decode: { samples: ['sampler', 1] } });
    expect(await pictures(noisy)).toHaveLength(1);
    expect(await pictures(estimate)).toHaveLength(1);
  });
});

describe('limits', () => {
  it.each([
    ['maxPixels', { maxPixels: 64 * 64 }, { latent: { batch_size: 2 } }, 'latent'],
    ['maxSteps', { maxSteps: 10 }, { sampler: { steps: 11 } }, 'sampler'],
    // A partial denoise builds a longer schedule.
    ['maxSteps', { maxSteps: 10 }, { sampler: { steps: 6, denoise: 0.5 } }, 'sampler'],
  ])('%s stops a job before it works', async (name, options, changes, nodeId) => {
    const { snapshot } = await runToEnd(createExecutor(options), textToImage(changes));
    expect(snapshot.failure).toMatchObject({ code: 'INVALID_WORKFLOW', nodeId });
    expect(snapshot.failure?.message).toMatch(/limit/);
    expect(name in options).toBe(true);
  });
});

function imageToImage(denoise: number): Workflow {
  const workflow = textToImage({ sampler: { latent_image: ['encode', 0], denoise } });
  workflow['blank'] = {
    class_type: 'EmptyImage',
    inputs: { width: 64, height: 64, batch_size: 1, color: 0x00007f },
  };
  workflow['encode'] = {
    class_type: 'VAEEncode',
    inputs: { pixels: ['blank', 0], vae: ['loader', 2] },
  };
  return workflow;
}

/** Red on the left half, blue from `x` on. */
function twoSides(x: number): Workflow {
  const workflow = textToImage({ sampler: { positive: ['both', 0], cfg: 1 } });
  const area = { width: 64, height: 64, y: 0, strength: 1 };
  workflow['blue'] = {
    class_type: 'CLIPTextEncode',
    inputs: { text: 'blue', clip: ['loader', 1] },
  };
  workflow['left'] = {
    class_type: 'ConditioningSetAreaPercentage',
    inputs: { conditioning: ['positive', 0], width: 0.5, height: 1, x: 0, y: 0, strength: 1 },
  };
  workflow['right'] = {
    class_type: 'ConditioningSetArea',
    inputs: { conditioning: ['blue', 0], ...area, x },
  };
  workflow['both'] = {
    class_type: 'ConditioningCombine',
    inputs: { conditioning_1: ['left', 0], conditioning_2: ['right', 0] },
  };
  return workflow;
}

function advanced(inputs: Workflow[string]['inputs']): Workflow {
  const workflow = textToImage();
  const { seed, denoise: _, ...common } = workflow['sampler']!.inputs;
  workflow['sampler'] = {
    class_type: 'KSamplerAdvanced',
    inputs: {
      ...common,
      noise_seed: seed!,
      add_noise: 'enable',
      start_at_step: 0,
      end_at_step: 10000,
      return_with_leftover_noise: 'disable',
      ...inputs,
    },
  };
  return workflow;
}

function splitInTwo(name: string): Workflow {
  const first = { sampler_name: name, end_at_step: 2, return_with_leftover_noise: 'enable' };
  const workflow = advanced(first);
  const second = { sampler_name: name, start_at_step: 2, add_noise: 'disable' };
  workflow['second'] = advanced({ ...second, latent_image: ['sampler', 0] })['sampler']!;
  return change(workflow, { decode: { samples: ['second', 0] } });
}

function fromParts(name: string): Workflow {
  const workflow = textToImage();
  const { model, positive, negative, cfg, scheduler, steps, seed } = workflow['sampler']!.inputs;
  const parts: Workflow = {
    noise: { class_type: 'RandomNoise', inputs: { noise_seed: seed! } },
    guider: {
      class_type: 'CFGGuider',
      inputs: { model: model!, positive: positive!, negative: negative!, cfg: cfg! },
    },
    select: { class_type: 'KSamplerSelect', inputs: { sampler_name: name } },
    levels: {
      class_type: 'BasicScheduler',
      inputs: { model: model!, scheduler: scheduler!, steps: steps!, denoise: 1 },
    },
    sampler: {
      class_type: 'SamplerCustomAdvanced',
      inputs: {
        noise: ['noise', 0],
        guider: ['guider', 0],
        sampler: ['select', 0],
        sigmas: ['levels', 0],
        latent_image: ['latent', 0],
      },
    },
  };
  return { ...workflow, ...parts };
}

function deviation(pixels: readonly number[]): number {
  const mean = meanColour(pixels);
  return pixels.reduce((sum, value, i) => sum + (value - mean[i % 3]!) ** 2, 0) / pixels.length;
}
