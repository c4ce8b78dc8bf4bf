import type { ScoreMatrix } from 'comfygen/plugin';
import { invalidScores } from '../matrix/invalid-scores.ts';
import { takeRows, textKey } from '../matrix/take-rows.ts';
import { seedRandom, shuffle } from '../random.ts';

/** One training part, and the rows of the judging matrix that it is tested on. */
export interface Split {
  train: ScoreMatrix;
  testRows: number[];
}

/** The splits, with notes about how they were drawn. */
export interface Splits {
  splits: Split[];
  /** Whether splits were drawn by text, instead of testing all of `test` once. */
  repeated: boolean;
  notes: string[];
}

interface SplitOptions {
  splits: number;
  trainShare: number;
  seed: number;
}

/**
 * Training and test parts that share no text. Without `test`, texts of `train` are drawn again and again, all rows
 * of a text together. With `test`, all of it is tested once, and texts that stand in both are not trained on; where
 * all of them do (another panel on the same prompts), they are drawn as without it.
 */
export function drawSplits(
  train: ScoreMatrix,
  test: ScoreMatrix | undefined,
  options: SplitOptions,
): Splits {
  if (test === undefined) {
    return { splits: repeatedSplits(train, train, options), repeated: true, notes: [] };
  }
  const tested = new Set(keysOf(test));
  const kept = rowsWhere(train, (key) => !tested.has(key));
  const dropped = train.prompts.length - kept.length;
  if (kept.length === 0) {
    const note =
      'Every text of train stands in test too: splits are drawn by text, trained on train’s scores and judged by test’s.';
    return { splits: repeatedSplits(train, test, options), repeated: true, notes: [note] };
  }
  const testRows = test.prompts.map((_, row) => row);
  const note = `${dropped} of ${train.prompts.length} training prompts stand in test too and were not trained on.`;
  const notes = dropped > 0 ? [note] : [];
  return { splits: [{ train: takeRows(train, kept), testRows }], repeated: false, notes };
}

function repeatedSplits(
  train: ScoreMatrix,
  judge: ScoreMatrix,
  { splits, trainShare, seed }: SplitOptions,
): Split[] {
  const judged = new Set(keysOf(judge));
  const texts = [...new Set(keysOf(train))].filter((key) => judged.has(key));
  const trained = Math.min(Math.round(texts.length * trainShare), texts.length - 1);
  if (trained < 1) {
    throw invalidScores('train', [
      `it has ${texts.length} distinct prompt${texts.length === 1 ? '' : 's'}; splits need two or more`,
    ]);
  }
  return Array.from({ length: splits }, (_, split) => {
    const drawn = shuffle(texts, seedRandom('split', seed, split));
    const [trainTexts, testTexts] = [
      new Set(drawn.slice(0, trained)),
      new Set(drawn.slice(trained)),
    ];
    return {
      train: takeRows(
        train,
        rowsWhere(train, (key) => trainTexts.has(key)),
      ),
      testRows: rowsWhere(judge, (key) => testTexts.has(key)),
    };
  });
}

const keysOf = ({ prompts }: ScoreMatrix) => prompts.map(({ text }) => textKey(text));

function rowsWhere(matrix: ScoreMatrix, isWanted: (key: string) => boolean): number[] {
  return keysOf(matrix).flatMap((key, row) => (isWanted(key) ? [row] : []));
}
