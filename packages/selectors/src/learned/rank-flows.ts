import type { Flow } from 'comfygen/plugin';
import type { FlowPrior, Predictor } from './predict.ts';

/** A flow with its prediction. */
export interface Candidate {
  flow: Flow;
  prior: FlowPrior;
  score: number;
  /** The number that it is ranked by: the score, lowered for the uncertainty about the flow. */
  rank: number;
}

/** The flows, best first, and the one that is best where nothing is known of the prompt. */
export interface Ranking {
  candidates: Candidate[];
  single: Candidate;
}

/** Ranks at least one flow. */
export function rankFlows(
  flows: readonly Flow[],
  predictor: Predictor,
  likeness: Float64Array,
): Ranking {
  const { patterns, level } = predictor.read(likeness);
  const candidates = flows.map((flow): Candidate => {
    const prior = predictor.flow(flow);
    let score = prior.mean + level;
    for (let at = 0; at < patterns.length; at += 1) score += patterns[at]! * prior.loadings[at]!;
    return { flow, prior, score, rank: score - prior.caution };
  });
  candidates.sort((a, b) => b.rank - a.rank || (a.flow.id < b.flow.id ? -1 : 1));
  const usual = ({ prior }: Candidate) => prior.mean - prior.caution;
  const single = candidates.reduce((best, next) => (usual(next) > usual(best) ? next : best));
  return { candidates, single };
}
