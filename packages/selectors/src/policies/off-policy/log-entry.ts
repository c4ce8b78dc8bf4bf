import type { RunRecord } from 'comfygen/plugin';
import { type RewardSource, rewardsOf } from '../rewards.ts';

/** One logged choice: the flow, its chance of being chosen, and its reward. */
export interface LogEntry {
  record: RunRecord;
  flowId: string;
  reward: number;
  /** The chance with which the flow was chosen, above 0. */
  probability: number;
}

/** Why a record can't be used: it has no reward, another flow made the picture, or the flow's chance is not known. */
export type LeftOut = 'no-reward' | 'other-flow' | 'no-probability';

/**
 * The logged choice of a record. After a fallback another flow than the drawn one made the picture, and the
 * best of a shortlist is not a draw: then only the flow that was drawn first counts, where it made a picture.
 */
export function readEntry(record: RunRecord, source: RewardSource): LogEntry | LeftOut {
  const first = record.candidates?.[0];
  const fellBack = record.warnings.some(({ code }) => code === 'fell-back');
  if (fellBack || (first !== undefined && first.outcome !== 'succeeded')) return 'other-flow';
  const flowId = first?.flowId ?? record.flowId;
  const reward = rewardsOf(record, source).find((one) => one.flowId === flowId);
  if (reward === undefined) return 'no-reward';
  const probability = Object.hasOwn(record.probabilities, flowId)
    ? record.probabilities[flowId]!
    : 0;
  if (!(probability > 0)) return 'no-probability';
  return { record, flowId, reward: reward.value, probability };
}
