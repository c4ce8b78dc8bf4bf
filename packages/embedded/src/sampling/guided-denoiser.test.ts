import { runAtOnce } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import type { DiffusionModel, SamplingRun, Tensor } from '../model/types.ts';
import type { Condition, Guider } from '../runtime/values.ts';
import { createGuidedDenoiser } from './guided-denoiser.ts';

const SHAPE = [1, 1, 4, 8];
const embed = (value: number): Tensor => ({ shape: [1, 1, 1], data: Float32Array.of(value) });
const condition = (value: number, more: Partial<Condition> = {}): Condition => ({
  embedding: embed(value),
  pooled: embed(value),
  ...more,
});

/** A model whose estimate is its embedding everywhere; it writes every answer into one array. */
function createModel(runs: SamplingRun[]): DiffusionModel {
  const answer = new Float32Array(32);
  const model: DiffusionModel = {
    name: 'constant',
    latentChannels: 1,
    denoise: ({ shape, data }, _, { data: [value = 0] }) => ({
      shape,
      data: answer.subarray(0, data.length).fill(value),
    }),
    prepare(run) {
      runs.push(run);
      return model;
    },
    withLora: () => model,
  };
  return model;
}

function denoise(guider: Omit<Guider, 'model'>) {
  const runs: SamplingRun[] = [];
  const model = { diffusion: createModel(runs), vae: undefined };
  const run = createGuidedDenoiser({ model, ...guider }, SHAPE);
  return { runs, cells: [...runAtOnce(run(new Float32Array(32), 1))] };
}

describe('createGuidedDenoiser', () => {
  it('goes from the negative estimate past the positive one, by cfg', () => {
    const { cells } = denoise({ positive: [condition(2)], negative: [condition(1)], cfg: 3 });
    expect(new Set(cells)).toEqual(new Set([1 + (2 - 1) * 3]));
  });

  it('prepares the model once, for all conditions and areas of the run', () => {
    const area = { unit: 'cells' as const, x: 4, y: 0, width: 100, height: 4 };
    const positive = [condition(2, { area }), condition(3, { area }), condition(4)];
    const { runs } = denoise({ positive, negative: [condition(1)], cfg: 2 });
    expect(runs).toHaveLength(1);
    expect(runs[0]?.embeddings.map(({ data }) => data[0])).toEqual([2, 3, 4, 1]);
    expect(runs[0]).toMatchObject({ width: 8, height: 4 });
    expect(runs[0]?.areas).toMatchObject([{ x: 4, y: 0, width: 4, height: 4 }]);
  });

  it('leaves the negative side out at cfg 1', () => {
    const { runs, cells } = denoise({ positive: [condition(2)], negative: [condition(1)], cfg: 1 });
    expect(runs[0]?.embeddings).toHaveLength(1);
    expect(new Set(cells)).toEqual(new Set([2]));
  });

  it('mixes overlapping conditions by strength', () => {
    const positive = [condition(2), condition(5, { strength: 2 })];
    const { cells } = denoise({ positive, cfg: 1 });
    expect(new Set(cells)).toEqual(new Set([4]));
  });
});
