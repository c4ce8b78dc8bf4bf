import type { Flow } from 'comfygen/plugin';
import { flowTraits, traitLikeness } from './flow-traits.ts';
import { CAUTION } from './gain.ts';
import { type Reach, widen } from './intervals.ts';
import { dotAt } from './linear-algebra.ts';
import type { LearnedModel } from './model.ts';
import { unpackRows } from './packed.ts';

/** What predictions of a flow start from: its own scores, or those of similar flows. */
export interface FlowPrior {
  mean: number;
  /** How much the flow's rank is lowered for the uncertainty of its mean. */
  caution: number;
  /** How strongly the flow follows each pattern. */
  loadings: Float64Array;
  reach: Reach;
  /** Number of prompts that it was scored on; 0 for a flow that never was. */
  count: number;
}

/** The parts of a model's predictions, for many prompts. */
export interface Predictor {
  /** The strength of each pattern and the level for a prompt, from its similarity to each training prompt. */
  read(likeness: Float64Array): { patterns: Float64Array; level: number };
  /** What is known of a flow: its own figures, or those of similar flows. */
  flow(flow: Flow): FlowPrior;
}

/** The mean of all flows counts as much as one flow that is the same. */
const ALL_FLOWS = 1;

export function createPredictor(model: LearnedModel): Predictor {
  const loadings = unpackRows(model.loadings);
  const weights = unpackRows(model.weights);
  const known = new Map<string, FlowPrior>();
  for (const [column, { id, mean, error, count, reach }] of model.flows.entries()) {
    if (count === 0) continue;
    const own = Float64Array.from(loadings, (row) => row[column]!);
    known.set(id, { mean, caution: CAUTION * error, loadings: own, reach, count });
  }
  const unseen = new WeakMap<Flow, FlowPrior>();
  return {
    read(likeness) {
      const strengths = Float64Array.from(weights, (row) => dotAt(row, 0, likeness, 0, row.length));
      return { patterns: strengths.subarray(0, -1), level: strengths.at(-1)! };
    },
    flow(flow) {
      const found = known.get(flow.id) ?? unseen.get(flow);
      if (found !== undefined) return found;
      const prior = priorFor(flow, model, known);
      unseen.set(flow, prior);
      return prior;
    },
  };
}

/** The mean of the flows that share its parts, each by how many, and of all flows. */
function priorFor(
  flow: Flow,
  { flows, prior, loadings: { scales } }: LearnedModel,
  known: ReadonlyMap<string, FlowPrior>,
): FlowPrior {
  const traits = flowTraits(flow);
  const loadings = new Float64Array(scales.length);
  let [mean, total] = [prior.mean * ALL_FLOWS, ALL_FLOWS];
  for (const { id, traits: others } of flows) {
    const like = known.get(id);
    const weight = traitLikeness(traits, others) ** 2;
    if (like === undefined || weight === 0) continue;
    mean += weight * like.mean;
    total += weight;
    for (const [at, loading] of like.loadings.entries()) loadings[at]! += weight * loading;
  }
  return {
    mean: mean / total,
    caution: CAUTION * prior.spread,
    loadings: loadings.map((loading) => loading / total),
    reach: widen(prior.reach, prior.spread),
    count: 0,
  };
}
