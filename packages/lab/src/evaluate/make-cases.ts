import type { ScoredPrompt, ScoreMatrix } from 'comfygen/plugin';
import { textKey } from '../matrix/take-rows.ts';
import { flowMeans } from '../table/flow-means.ts';
import type { Split } from './draw-splits.ts';
import type { Case } from './judge-ranking.ts';

/** One prompt that every contestant of a split is asked. */
export interface TestCase extends Case {
  /** The prompt's row in the judging matrix. */
  row: number;
  prompt: ScoredPrompt;
  /**
   * The flows that were scored for this prompt, by their means on the training part; the best single flow is first.
   */
  byTrainMean: string[];
}

/**
 * The test prompts of a split. On offer are the flows that were scored for the prompt, since nobody knows what
 * another would have been worth; a prompt without any is left out. The best single flow is the one with the best
 * mean on the training part, of those on offer.
 */
export function makeCases(
  judge: ScoreMatrix,
  { train, testRows }: Split,
  split: number,
  numbers: ReadonlyMap<string, number>,
): TestCase[] {
  const order = orderByMean(train);
  return testRows.flatMap((row) => {
    const prompt = judge.prompts[row]!;
    const cells = judge.flows.flatMap((flow, column): [string, number][] => {
      const score = judge.scores[row]![column]!;
      return score === null ? [] : [[flow, score]];
    });
    if (cells.length === 0) return [];
    const scores = new Map(cells);
    const byTrainMean = order.filter((flow) => scores.has(flow));
    const single = scores.get(byTrainMean[0]!)!;
    const text = numbers.get(textKey(prompt.text))!;
    return [{ split, row, text, prompt, scores, single, byTrainMean }];
  });
}

/** As the baseline `best-single` orders them. */
function orderByMean(train: ScoreMatrix): string[] {
  const means = flowMeans(train);
  const order = train.flows.map((_, index) => index);
  return order.sort((a, b) => means[b]! - means[a]!).map((index) => train.flows[index]!);
}

/** A number for each distinct text. */
export function numberTexts({ prompts }: ScoreMatrix): Map<string, number> {
  const keys = [...new Set(prompts.map(({ text }) => textKey(text)))];
  return new Map(keys.map((key, number) => [key, number]));
}
