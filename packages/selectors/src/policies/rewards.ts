import type { RunRecord } from 'comfygen/plugin';

/** The reward of one flow in one run. */
export interface Reward {
  flowId: string;
  value: number;
}

/** What counts: the scorer's score of a flow's best picture, or a person's last verdict on the run's flow. */
export type RewardSource = 'score' | 'feedback';

/** The reward of each flow in a run; empty where nothing was scored and no verdict given. */
export function rewardsOf(record: RunRecord, source: RewardSource): Reward[] {
  if (source === 'feedback') {
    const verdict = record.feedback.at(-1);
    if (verdict === undefined) return [];
    const image = record.images.find(({ hash }) => hash === verdict.imageHash);
    return [{ flowId: image?.flowId ?? record.flowId, value: verdict.value }];
  }
  const best = new Map<string, number>();
  for (const { flowId = record.flowId, score } of record.images) {
    if (score === null || !Number.isFinite(score)) continue;
    best.set(flowId, Math.max(score, best.get(flowId) ?? score));
  }
  return [...best].map(([flowId, value]) => ({ flowId, value }));
}
