import { describe, expect, it } from 'vitest';
import type { ImageBatch, Tensor } from '../../src/model/types.ts';
import type { Condition } from '../../src/nodes/index.ts';
import { buildInputs, runNode } from './build-inputs.ts';
import { maxError } from './max-error.ts';
import { type ConditionNumbers, fixture, type Numbers, type ParityCase } from './read-fixture.ts';

// Single precision adds up differently in torch.
const LINEAR = 1e-5;
const SAMPLED = 1e-4;
// The smallest angle that is turned has the sine 0.0045; a last bit of single precision is divided by it.
const TURNED = 2 ** -24 / 0.0045;

// A picture of no pixels, which nothing can save: ComfyUI refuses it with every other method.
const WE_REFUSE = ['ImageScaleBy area 4'];

describe.each(groups())('%s, as ComfyUI 0.33.0', (_, cases) => {
  it.each(cases)('$id', async ({ id, node, args, outputs, error }) => {
    const run = async () => runNode(node, await buildInputs(args));
    if (outputs === undefined || WE_REFUSE.includes(id)) {
      expect(error === undefined).toBe(outputs !== undefined);
      await expect(run()).rejects.toMatchObject({ code: 'INVALID_WORKFLOW' });
      return;
    }
    const given = await run();
    for (const [i, expected] of outputs.entries()) compare(given[i], expected, toleranceOf(id));
  });
});

function groups(): [string, ParityCase[]][] {
  const byNode = Map.groupBy(fixture.cases, ({ node }) => node);
  return [...byNode];
}

function toleranceOf(id: string): number {
  if (id.includes('bislerp')) return TURNED;
  return /^(KSampler|SamplerCustom|conditions)/.test(id) ? SAMPLED : LINEAR;
}

function compare(given: unknown, expected: Numbers | ConditionNumbers[], tolerance: number): void {
  if (Array.isArray(expected)) {
    compareConditions(given as Condition[], expected, tolerance);
    return;
  }
  const { shape, data } = toNumbers(given);
  expect(shape).toEqual(expected.shape);
  expect(maxError(data, expected.data)).toBeLessThanOrEqual(tolerance);
}

function compareConditions(
  given: Condition[],
  expected: ConditionNumbers[],
  tolerance: number,
): void {
  expect(given).toHaveLength(expected.length);
  for (const [i, { embedding, pooled, area, strength }] of expected.entries()) {
    const condition = given[i] as Condition;
    compare({ samples: condition.embedding }, embedding, tolerance);
    compare({ samples: condition.pooled }, pooled, tolerance);
    const { height, width, y, x } = condition.area ?? {};
    expect(condition.area && [height, width, y, x]).toEqual(area);
    expect(condition.strength).toBe(strength);
  }
}

function toNumbers(value: unknown): { shape: readonly number[]; data: Float32Array } {
  if (isImage(value)) {
    return { shape: [value.count, value.height, value.width, 3], data: value.data };
  }
  return (value as { samples: Tensor }).samples;
}

function isImage(value: unknown): value is ImageBatch {
  return typeof value === 'object' && value !== null && 'count' in value;
}
