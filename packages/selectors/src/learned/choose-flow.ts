import type { PredictedGain } from 'comfygen/plugin';
import { type GainRecord, gainOf, isProven } from './gain.ts';
import type { Candidate, Ranking } from './rank-flows.ts';

/** The chosen flow, and the candidates that it was compared with. */
export interface Choice {
  /** The flows in the order in which they should be run. */
  ranked: Candidate[];
  /** The best where nothing is known of the prompt. */
  single: Candidate;
  /** The flow with the best prediction, whether it was chosen or not, and its expected gain over `single`. */
  predicted: Candidate;
  gain: PredictedGain;
  abstained: boolean;
  /** Whether it abstained because no word of the prompt was seen in training. */
  isUnfamiliar: boolean;
}

/** The best prediction where such choices surely win; else the best single flow. */
export function chooseFlow(ranking: Ranking, record: GainRecord, isKnown: boolean): Choice {
  const { candidates, single } = ranking;
  const predicted = candidates[0]!;
  const gain = gainOf(record, single.flow.id, predicted.score - single.score);
  const abstained = predicted !== single && !(isKnown && isProven(record));
  const others = candidates.filter((candidate) => candidate !== single);
  const ranked = abstained ? [single, ...others] : candidates;
  return { ranked, single, predicted, gain, abstained, isUnfamiliar: abstained && !isKnown };
}
