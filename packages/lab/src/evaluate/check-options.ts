import { ComfygenError, type ScoreMatrix } from 'comfygen/plugin';
import { alignFlows, alignRows } from '../matrix/align-matrix.ts';
import { invalidScores } from '../matrix/invalid-scores.ts';
import type { EvaluationOptions } from './types.ts';

/** Names of rows that are always there. */
const RESERVED = ['oracle', 'second-panel'];

/** The options with defaults filled in, and all matrices in the column order of `train`. */
export interface CheckedOptions {
  splits: number;
  trainShare: number;
  seed: number;
  /** The scores that choices are judged by: `test`, or `train` itself. */
  judge: ScoreMatrix;
  /** The second panel's rows, in the order of `judge`. */
  raters: ScoreMatrix['scores'] | undefined;
}

/** The options, checked. @throws INVALID_OPTIONS, or INVALID_SCORES where the matrices don't go together */
export function checkOptions(options: EvaluationOptions): CheckedOptions {
  const { train, test, contestants, splits = 20, trainShare = 0.7, seed = 0 } = options;
  const names = contestants.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse(`two contestants are named ${twice}`);
  const reserved = names.find((name) => RESERVED.includes(name));
  if (reserved !== undefined) throw refuse(`the name ${reserved} is taken by a row of its own`);
  if (!(Number.isInteger(splits) && splits >= 1 && splits <= 1000)) {
    throw refuse(`splits must be a whole number from 1 to 1,000; got ${splits}`);
  }
  if (!(trainShare > 0 && trainShare < 1)) {
    throw refuse(`trainShare must be above 0 and below 1; got ${trainShare}`);
  }
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    throw refuse(`seed must be a whole number from 0; got ${seed}`);
  }
  if (train.flows.length < 2) {
    throw invalidScores('train', [`it has ${train.flows.length} flow; a choice needs two`]);
  }
  const judge =
    test === undefined ? train : alignFlows(train.flows, 'train', { name: 'test', matrix: test });
  return { splits, trainShare, seed, judge, raters: ratersOf(options, judge) };
}

function ratersOf({ raters, test }: EvaluationOptions, judge: ScoreMatrix) {
  if (raters === undefined) return undefined;
  const wanted = test === undefined ? 'train' : 'test';
  const matrix = alignFlows(judge.flows, wanted, { name: 'raters', matrix: raters });
  return alignRows(judge.prompts, wanted, { name: 'raters', matrix });
}

function refuse(reason: string): ComfygenError {
  return new ComfygenError('INVALID_OPTIONS', `evaluateSelectors: ${reason}.`);
}
