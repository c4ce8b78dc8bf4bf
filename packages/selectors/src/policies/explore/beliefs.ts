import type { RankedFlow, ScoreTable } from 'comfygen/plugin';
import { meanOf, varianceOf } from '../statistics.ts';
import type { BanditMemory } from './bandit-state.ts';
import type { Belief } from './chances.ts';

/**
 * What rewards are measured against: nothing, the means of a table, or the selector's own predictions on the scorer's
 * scale. What is learned of a flow is then its distance from that.
 */
export type Anchor =
  | { kind: 'none' }
  | { kind: 'table'; table: ScoreTable }
  | { kind: 'predictions' };

/** The name of an anchor, stored in a state, since what was learned under one anchor means nothing under another. */
export function anchorName(anchor: Anchor): string {
  return anchor.kind === 'table' ? `table ${anchor.table.hash}` : anchor.kind;
}

/** The mean that a table gives a flow for these labels; the mean of all flows for a flow that it lacks. */
export function tableMean(table: ScoreTable, flowId: string, labels: readonly string[]): number {
  const column = table.flows.indexOf(flowId);
  if (column < 0) return meanOf(table.overall.map(({ mean }) => mean));
  const rows = table.labels.flatMap(({ label }, row) => (labels.includes(label) ? [row] : []));
  if (rows.length === 0) return table.overall[column]!.mean;
  return meanOf(rows.map((row) => table.byLabel[row]![column]!.mean));
}

/** What `formBeliefs` works with. */
export interface BeliefFacts {
  ranked: readonly RankedFlow[];
  labels: readonly string[];
  memory: BanditMemory;
  anchor: Anchor;
  /** How many scored runs of a flow the prior counts for. */
  priorWeight: number;
}

/**
 * What is believed of each ranked flow for this prompt, all normal. A prior from the anchor, or without one
 * from the selector's scores (their order, where it gives none), is updated by the flow's rewards, then by
 * its rewards under each label of the prompt, of which the mean is taken.
 */
export function formBeliefs(facts: BeliefFacts): Belief[] {
  const { ranked, labels, memory, anchor, priorWeight } = facts;
  const { total } = memory;
  const { noise, priorNoise } = noiseOf(facts);
  // What all rewards have in common, a scorer that turned stricter for example, says nothing of a flow.
  const level = total.count === 0 ? 0 : total.sum / total.count;
  const leads = anchor.kind === 'none' ? standardized(ranked) : undefined;
  return ranked.map(({ flowId, score }, place) => {
    const known = anchor.kind === 'table' ? tableCount(anchor.table, flowId) : priorWeight;
    // In rewards of the stream, which vary more than what the prior was made from.
    const weight = Math.min(known, priorWeight) * (noise / priorNoise) ** 2;
    const lead = leads ? (leads[place]! * noise) / Math.sqrt(weight) : 0;
    const flow = memory.flows.get(flowId);
    const { count = 0, sum = 0 } = flow?.all ?? {};
    const overall = (weight * (level + lead) + sum) / (weight + count);
    const cells = labels.flatMap((label) => flow?.labels.get(label) ?? []);
    const means = cells.map((cell) => (weight * overall + cell.sum) / (weight + cell.count));
    const seen = cells.length === 0 ? count : meanOf(cells.map((cell) => cell.count));
    return {
      mean: offset(facts, flowId, score) + (means.length === 0 ? overall : meanOf(means)),
      deviation: noise / Math.sqrt(weight + seen),
    };
  });
}

function offset({ anchor, labels, ranked }: BeliefFacts, flowId: string, score: number | null) {
  if (anchor.kind === 'table') return tableMean(anchor.table, flowId, labels);
  if (anchor.kind === 'none') return 0;
  return score ?? meanOf(ranked.flatMap((one) => (one.score === null ? [] : [one.score])));
}

/** The prompts that a table knows a flow by; of one that it does not know, as if it were one. */
function tableCount({ flows, overall }: ScoreTable, flowId: string): number {
  return Math.max(1, overall[flows.indexOf(flowId)]?.count ?? 1);
}

/** The standard deviations of one reward, and of one of those that the prior was made from. */
function noiseOf({ memory: { total }, anchor, ranked, priorWeight }: BeliefFacts) {
  const expected = expectedVariance(anchor, ranked);
  const seen = total.count < 2 ? 0 : total.squares / total.count - (total.sum / total.count) ** 2;
  // Without any reward only the ratio to the prior's spread counts, so any unit will do.
  const prior = expected ?? (seen > 0 ? seen : 1);
  const sum = priorWeight * prior + total.count * Math.max(0, seen);
  const noise = Math.sqrt(sum / (priorWeight + total.count));
  return noise > 0 ? { noise, priorNoise: Math.sqrt(prior) || noise } : { noise: 1, priorNoise: 1 };
}

function expectedVariance(anchor: Anchor, ranked: readonly RankedFlow[]): number | undefined {
  if (anchor.kind === 'none') return undefined;
  const known =
    anchor.kind === 'table'
      ? anchor.table.overall.flatMap(({ standardError: error, count }) =>
          error === null ? [] : [error ** 2 * count],
        )
      : ranked.flatMap(({ interval }) =>
          interval === null ? [] : [((interval[1] - interval[0]) / 2 / HALF_WIDTH) ** 2],
        );
  return known.length === 0 ? undefined : meanOf(known);
}

/** Half of a 90 % interval, in standard deviations. */
const HALF_WIDTH = 1.6449;

/** How far each score lies from their mean, in standard deviations; by the order where there are none. */
function standardized(ranked: readonly RankedFlow[]): number[] {
  const scores = ranked.map(({ score }) => score);
  const values = scores.every((score) => score !== null)
    ? scores
    : ranked.map((_, place) => -place);
  const mean = meanOf(values);
  const deviation = Math.sqrt(varianceOf(values));
  return values.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation));
}
