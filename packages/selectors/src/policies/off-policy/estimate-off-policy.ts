import {
  ComfygenError,
  type Flow,
  parseOptions,
  type RunRecord,
  type SelectorV1,
  type Warning,
} from 'comfygen/plugin';
import { z } from 'zod';
import type { RewardSource } from '../rewards.ts';
import { meanOf, sumOf } from '../statistics.ts';
import { type Estimate, type Estimates, estimateAll, type WeightedChoice } from './estimators.ts';
import { type LeftOut, type LogEntry, readEntry } from './log-entry.ts';
import { policyOf, type TargetPolicy } from './target-policy.ts';

const schema = z.strictObject({
  flows: z.array(z.custom<Flow>((v) => typeof v === 'object' && v !== null)).optional(),
  reward: z.enum(['score', 'feedback']).default('score'),
  confidence: z.number().gt(0).lt(1).default(0.95),
  signal: z.instanceof(AbortSignal).optional(),
});

/** Options of `estimateOffPolicy`. */
export interface OffPolicyOptions {
  /** The library, where the new policy is a selector. */
  flows?: readonly Flow[] | undefined;
  /** What counts as a reward. Default `score`. */
  reward?: RewardSource | undefined;
  /** The confidence of the intervals, above 0 and below 1. Default 0.95. */
  confidence?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The mean reward that a new policy would have had, estimated from the log of another. */
export interface OffPolicyEstimate extends Estimates {
  /** Mean reward of the logged choices. */
  logged: number;
  /** The estimate to use: the doubly robust one. */
  value: Estimate;
  /** Number of records that could be used. */
  records: number;
  /** Number of records that could not be used, by reason. */
  leftOut: { [reason in LeftOut]: number };
  /** How many choices made by the new policy itself would tell as much as the log does. */
  effectiveSampleSize: number;
  /**
   * Share of the new policy's choices that the log could have made too, 0 to 1. Below 1 the estimates say nothing of
   * the rest.
   */
  support: number;
  warnings: Warning[];
}

/**
 * The mean reward that a selector, or any other policy, would have had in the runs of a log whose choices
 * were drawn (by `explore`), from the chances that records keep. Inverse propensity weighting, its
 * self-normalised form, and a doubly robust estimate with each flow's mean reward as its model.
 *
 * @throws INVALID_OPTIONS; INVALID_RECORD where no record can be used or the policy's chances are none
 */
export async function estimateOffPolicy(
  records: Iterable<RunRecord> | AsyncIterable<RunRecord>,
  target: SelectorV1 | TargetPolicy,
  options: OffPolicyOptions = {},
): Promise<OffPolicyEstimate> {
  const name = typeof target === 'function' ? 'target' : target.name;
  const given = parseOptions({ role: 'selector', name }, schema, options);
  const { flows, reward, confidence, signal } = given;
  if (typeof target !== 'function' && flows === undefined) {
    const message =
      'estimateOffPolicy needs flows, the library that the selector is to choose from.';
    throw new ComfygenError('INVALID_OPTIONS', message);
  }
  const policy = typeof target === 'function' ? target : policyOf(target, flows ?? [], signal);
  const leftOut = { 'no-reward': 0, 'other-flow': 0, 'no-probability': 0 };
  const choices: WeightedChoice[] = [];
  const supports: number[] = [];
  for await (const record of records) {
    signal?.throwIfAborted();
    const entry = readEntry(record, reward);
    if (typeof entry === 'string') {
      leftOut[entry] += 1;
      continue;
    }
    const chances = checkChances(await policy(record), name);
    choices.push(weigh(entry, chances));
    supports.push(supportOf(entry, chances));
  }
  if (choices.length === 0) throw nothingUsable(leftOut);
  const estimates = estimateAll(choices, confidence);
  const weights = choices.map(({ weight }) => weight);
  const squares = sumOf(weights.map((weight) => weight ** 2));
  const facts = {
    ...estimates,
    logged: meanOf(choices.map((choice) => choice.reward)),
    value: estimates.doublyRobust,
    records: choices.length,
    leftOut,
    effectiveSampleSize: squares === 0 ? 0 : sumOf(weights) ** 2 / squares,
    support: meanOf(supports),
  };
  return { ...facts, warnings: warningsOf(facts) };
}

function weigh({ flowId, reward, probability }: LogEntry, target: WeightedChoice['target']) {
  return { flowId, reward, weight: (target[flowId] ?? 0) / probability, target };
}

function supportOf({ record: { probabilities } }: LogEntry, target: WeightedChoice['target']) {
  const possible = Object.entries(target).filter(([flowId]) => (probabilities[flowId] ?? 0) > 0);
  return sumOf(possible.map(([, chance]) => chance));
}

function checkChances(chances: WeightedChoice['target'], name: string): WeightedChoice['target'] {
  const values = Object.values(chances);
  if (values.every((chance) => chance >= 0) && Math.abs(sumOf(values) - 1) < 1e-6) return chances;
  const message = `The chances of ${name} must be 0 or more and sum to 1; they sum to ${sumOf(values)}.`;
  throw new ComfygenError('INVALID_RECORD', message);
}

function nothingUsable(leftOut: OffPolicyEstimate['leftOut']): ComfygenError {
  const told = Object.entries(leftOut)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${reason}`);
  const why = told.length === 0 ? 'there are none' : told.join(', ');
  return new ComfygenError(
    'INVALID_RECORD',
    `No record says what a choice has earned: ${why}. Plug in a scorer and explore, and keep the records.`,
    { details: { leftOut } },
  );
}

const FEW = 100;

function warningsOf(facts: Omit<OffPolicyEstimate, 'warnings'>): Warning[] {
  const { support, effectiveSampleSize: size, leftOut, records } = facts;
  const warnings: Warning[] = [];
  if (support < 1 - 1e-6) {
    const share = ((1 - support) * 100).toPrecision(2);
    const message = `The log never made ${share} % of the new policy's choices, so the estimate leaves them out or guesses them; explore with a floor.`;
    warnings.push({ code: 'no-support', message });
  }
  if (size < FEW) {
    const message = `The log says only as much as ${size.toFixed(0)} choices of the new policy would; its interval is too narrow where that is few.`;
    warnings.push({ code: 'few-choices', message });
  }
  const left = sumOf(Object.values(leftOut));
  if (left > 0) {
    const message = `${left} of ${left + records} records are left out: they have no reward, no chance, or another flow than was drawn made the picture.`;
    warnings.push({ code: 'records-left-out', message, details: { ...leftOut } });
  }
  return warnings;
}
