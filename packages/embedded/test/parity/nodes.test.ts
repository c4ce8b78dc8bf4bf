import { describe, expect, it } from 'vitest';
import type { ImageBatch, Tensor } from '../../src/model/types.ts';
import type { Condition } from '../../src/nodes/index.ts';
import { buildInputs, runNode } from './build-inputs.ts';
import { type ConditionNumbers, fixture, type Numbers, type ParityCase } from './read-fixture.ts';

// Single precision adds up differently in torch. Lanczos goes through bytes, where half a byte decides.
const LINEAR = 1e-5;
const SAMPLED = 1e-4;
const BYTE = 1 / 255 + LINEAR;

// ComfyUI fails on these by an accident of torch; we give a result instead.
const WE_ANSWER =
  /^(ImageScaleBy (nearest-exact|bilinear|bicubic|lanczos) 4|conditions outside 1)$/;

describe.each(groups())('%s, as ComfyUI 0.33.0', (_, cases) => {
  it.each(cases)('$id', async ({ id, node, args, outputs, error }) => {
    const run = async () => runNode(node, await buildInputs(args));
    if (outputs === undefined) {
      expect(error).toBeTypeOf('string');
      if (WE_ANSWER.test(id)) await expect(run()).resolves.toBeDefined();
      else await expect(run()).rejects.toThrow();
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
  if (id.includes('lanczos')) return BYTE;
  return /^(KSampler|SamplerCustom|conditions)/.test(id) ? SAMPLED : LINEAR;
}

function compare(given: unknown, expected: Numbers | ConditionNumbers[], tolerance: number): void {
  if (Array.isArray(expected)) return compareConditions(given as Condition[], expected, tolerance);
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

function maxError(given: Float32Array, expected: number[]): number {
  expect(given).toHaveLength(expected.length);
  // A NaN must not pass.
  return given.reduce((worst, value, i) => {
    const error = Math.abs(value - (expected[i] as number));
    return error <= worst ? worst : error;
  }, 0);
}
