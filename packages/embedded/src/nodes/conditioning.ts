import { ComfygenError } from 'comfygen/plugin';
import type { Tensor } from '../model/types.ts';
import { defineNode, type InputSpec } from '../runtime/node-definition.ts';
import type { Condition } from '../runtime/values.ts';
import { averageEmbeddings, concatTokens, zerosLike } from './embedding-math.ts';

const STRENGTH: InputSpec = ['FLOAT', { default: 1, min: 0, max: 10, step: 0.01 }];
const SIDE: InputSpec = ['INT', { default: 64, min: 64, max: 16384, step: 8 }];
const PLACE: InputSpec = ['INT', { default: 0, min: 0, max: 16384, step: 8 }];
const SIDE_SHARE: InputSpec = ['FLOAT', { default: 1, min: 0, max: 1, step: 0.01 }];
const PLACE_SHARE: InputSpec = ['FLOAT', { default: 0, min: 0, max: 1, step: 0.01 }];
const CELL = 8;

const combine = defineNode<{ conditioning_1: Condition[]; conditioning_2: Condition[] }>({
  classType: 'ConditioningCombine',
  inputs: { required: { conditioning_1: ['CONDITIONING'], conditioning_2: ['CONDITIONING'] } },
  outputs: ['CONDITIONING'],
  run({ conditioning_1, conditioning_2 }, context) {
    context.checkConditions(conditioning_1.length + conditioning_2.length);
    return [[...conditioning_1, ...conditioning_2]];
  },
});

const concat = defineNode<{ conditioning_to: Condition[]; conditioning_from: Condition[] }>({
  classType: 'ConditioningConcat',
  inputs: { required: { conditioning_to: ['CONDITIONING'], conditioning_from: ['CONDITIONING'] } },
  outputs: ['CONDITIONING'],
  run({ conditioning_to, conditioning_from }, context) {
    const { embedding } = firstOf(conditioning_from, context.warn);
    const bytes = conditioning_to.map((to) => to.embedding.data.length + embedding.data.length);
    context.checkBytes(sum(bytes) * 4);
    return [
      conditioning_to.map((to) => ({ ...to, embedding: concatTokens(to.embedding, embedding) })),
    ];
  },
});

const average = defineNode<{
  conditioning_to: Condition[];
  conditioning_from: Condition[];
  conditioning_to_strength: number;
}>({
  classType: 'ConditioningAverage',
  inputs: {
    required: {
      conditioning_to: ['CONDITIONING'],
      conditioning_from: ['CONDITIONING'],
      conditioning_to_strength: ['FLOAT', { default: 1, min: 0, max: 1, step: 0.01 }],
    },
  },
  outputs: ['CONDITIONING'],
  run({ conditioning_to, conditioning_from, conditioning_to_strength: share }, context) {
    const from = firstOf(conditioning_from, context.warn);
    context.checkBytes(embeddingBytes(conditioning_to));
    const mix = (a: Tensor, b: Tensor) => averageEmbeddings(a, b, share);
    return [
      conditioning_to.map((to) => ({
        ...to,
        embedding: mix(to.embedding, from.embedding),
        pooled: mix(to.pooled, from.pooled),
      })),
    ];
  },
});

interface AreaInputs {
  conditioning: Condition[];
  width: number;
  height: number;
  x: number;
  y: number;
  strength: number;
}

const setArea = defineNode<AreaInputs>({
  classType: 'ConditioningSetArea',
  inputs: {
    required: {
      conditioning: ['CONDITIONING'],
      width: SIDE,
      height: SIDE,
      x: PLACE,
      y: PLACE,
      strength: STRENGTH,
    },
  },
  outputs: ['CONDITIONING'],
  run({ conditioning, width, height, x, y, strength }) {
    const [left, top, wide, high] = [x, y, width, height].map((side) => Math.floor(side / CELL));
    const area = { unit: 'cells', x: left, y: top, width: wide, height: high };
    return [conditioning.map((condition) => ({ ...condition, area, strength }))];
  },
});

const setAreaPercentage = defineNode<AreaInputs>({
  classType: 'ConditioningSetAreaPercentage',
  inputs: {
    required: {
      conditioning: ['CONDITIONING'],
      width: SIDE_SHARE,
      height: SIDE_SHARE,
      x: PLACE_SHARE,
      y: PLACE_SHARE,
      strength: STRENGTH,
    },
  },
  outputs: ['CONDITIONING'],
  run({ conditioning, width, height, x, y, strength }) {
    const area = { unit: 'share', x, y, width, height };
    return [conditioning.map((condition) => ({ ...condition, area, strength }))];
  },
});

const zeroOut = defineNode<{ conditioning: Condition[] }>({
  classType: 'ConditioningZeroOut',
  inputs: { required: { conditioning: ['CONDITIONING'] } },
  outputs: ['CONDITIONING'],
  run({ conditioning }, context) {
    context.checkBytes(embeddingBytes(conditioning));
    return [
      conditioning.map((condition) => ({
        ...condition,
        embedding: zerosLike(condition.embedding),
        pooled: zerosLike(condition.pooled),
      })),
    ];
  },
});

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const embeddingBytes = (conditions: readonly Condition[]) =>
  sum(conditions.map(({ embedding }) => embedding.data.byteLength));

function firstOf(
  conditions: readonly Condition[],
  warn: (warning: { code: string; message: string }) => void,
): Condition {
  const [first] = conditions;
  if (first === undefined) {
    throw new ComfygenError('INVALID_WORKFLOW', 'conditioning_from holds no condition.');
  }
  if (conditions.length > 1) {
    const message = `conditioning_from holds ${conditions.length} conditions: only the first counts.`;
    warn({ code: 'conditioning-truncated', message });
  }
  return first;
}

/** Nodes that change conditions. */
export const conditioningNodes = [combine, concat, average, setArea, setAreaPercentage, zeroOut];
