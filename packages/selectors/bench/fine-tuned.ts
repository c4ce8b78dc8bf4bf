/**
 * Which score to ask a conditional model for: the calibrated target against constants, on prompts that nobody saw.
 *
 *   node --conditions=comfygen-source packages/selectors/bench/fine-tuned.ts MATRIX.csv[,MATRIX2.csv] [splits]
 *
 * The model is a stand-in, not a fine-tuned one: P(flow | prompt, score) by the training scores of the 100 prompts
 * that are most alike in words, weighted by how near each score is to the one asked for. Per split: 50 % of the
 * prompts teach it, 20 % calibrate the target, 30 % are the test. Printed is ρ = (choice − best single) / (oracle −
 * best single), the mean over the splits; the best single flow is that of the 70 %.
 */

import { readFileSync } from 'node:fs';
import type { ScoredPrompt, ScoreMatrix } from 'comfygen/plugin';
import { createRandom } from 'comfygen/plugin';
import { calibrateTarget } from '../src/fine-tuned/calibrate-target.ts';
import { targetFor } from '../src/fine-tuned/target-score.ts';

type Scored = Omit<ScoreMatrix, 'scores'> & { scores: number[][] };
const NEIGHBOURS = 100;

function readMatrix(files: string): Scored {
  const all = files.split(',').map((file) => {
    const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
    const rows = lines.map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) =>
        field!.replace(/^"|"$/g, '').replaceAll('""', '"'),
      ),
    );
    const flows = head!.trim().split(',').slice(3);
    const prompts = rows.map(([id, text, labels]) => ({
      ...{ id: id!, text: text!, labels: labels!.split('|').filter(Boolean) },
    }));
    return { flows, prompts, scores: rows.map((row) => flows.map((_, f) => Number(row[3 + f]))) };
  });
  const scores = all[0]!.scores.map((row, p) =>
    row.map((_, f) => all.reduce((sum, one) => sum + one.scores[p]![f]!, 0) / all.length),
  );
  return { ...all[0]!, scores };
}

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}+/gu));

/** Learns from some rows; `predict` answers (prompt, score) with a flow. */
function teach(rows: Scored): (prompt: ScoredPrompt, target: number) => string {
  const known = rows.prompts.map(({ text }) => wordsOf(text));
  const frequency = new Map<string, number>();
  for (const words of known)
    for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const weight = (word: string) =>
    Math.log(1 + known.length / (1 + (frequency.get(word) ?? 0))) ** 2;
  const norm = (words: Set<string>) =>
    Math.sqrt([...words].reduce((sum, word) => sum + weight(word), 0));
  const norms = known.map(norm);
  const all = rows.scores.flat();
  const mean = all.reduce((sum, score) => sum + score, 0) / all.length;
  const width =
    0.3 * Math.sqrt(all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / all.length);
  const kept = new Map<string, { row: number; like: number }[]>();
  const neighbours = (text: string) => {
    const words = wordsOf(text);
    const size = norm(words) || 1;
    return known
      .map((other, row) => {
        const shared = [...words].filter((word) => other.has(word));
        const like =
          shared.reduce((sum, word) => sum + weight(word), 0) / (size * norms[row]! || 1);
        return { row, like: like + 0.05 };
      })
      .sort((a, b) => b.like - a.like || a.row - b.row)
      .slice(0, NEIGHBOURS);
  };
  return ({ text }, target) => {
    const near = kept.get(text) ?? neighbours(text);
    kept.set(text, near);
    const chances = rows.flows.map((_, flow) =>
      near.reduce((sum, { row, like }) => {
        return sum + like * Math.exp(-0.5 * ((rows.scores[row]![flow]! - target) / width) ** 2);
      }, 0),
    );
    return rows.flows[chances.indexOf(Math.max(...chances))]!;
  };
}

/** Rows in a random order, equal texts together. */
function shuffle(matrix: Scored, seed: number): number[] {
  const random = createRandom(seed);
  const keys = new Map(matrix.prompts.map(({ text }) => [text, 0]));
  for (const text of keys.keys()) keys.set(text, random());
  const place = (row: number) => keys.get(matrix.prompts[row]!.text)!;
  return matrix.prompts.map((_, row) => row).sort((a, b) => place(a) - place(b) || a - b);
}

const pick = (matrix: Scored, rows: readonly number[]): Scored => ({
  flows: matrix.flows,
  prompts: rows.map((row) => matrix.prompts[row]!),
  scores: rows.map((row) => matrix.scores[row]!),
});

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

const [files, splits = '20'] = process.argv.slice(2);
if (files === undefined) throw new Error('Name a matrix: MATRIX.csv[,MATRIX2.csv]');
const matrix = readMatrix(files);
const results = new Map<string, number[]>();
for (let seed = 1; seed <= Number(splits); seed += 1) {
  const order = shuffle(matrix, seed);
  const [half, most] = [0.5, 0.7].map((share) => Math.round(share * order.length));
  const taught = pick(matrix, order.slice(0, half));
  const seen = pick(matrix, order.slice(0, most));
  const test = pick(matrix, order.slice(most));
  const predict = teach(taught);
  const { target, curve } = await calibrateTarget({
    matrix: pick(matrix, order.slice(half, most)),
    predict,
  });
  const means = matrix.flows.map((_, f) => meanOf(seen.scores.map((row) => row[f]!)));
  const single = means.indexOf(Math.max(...means));
  const best = meanOf(test.scores.map((row) => row[single]!));
  const oracle = meanOf(test.scores.map((row) => Math.max(...row)));
  const put = (name: string, targetOf: (prompt: ScoredPrompt) => number) => {
    const score = meanOf(
      test.prompts.map(
        (prompt, p) => test.scores[p]![matrix.flows.indexOf(predict(prompt, targetOf(prompt)))]!,
      ),
    );
    results.set(name, [...(results.get(name) ?? []), (score - best) / (oracle - best)]);
  };
  for (const [step, one] of curve.entries()) put(`candidate ${step + 1} of 12`, () => one.target);
  put('calibrated, overall', () => target.overall);
  put('calibrated, as chosen', ({ labels }) => targetFor(target, labels));
  results.set('(share of splits with targets by label)', [
    ...(results.get('(share of splits with targets by label)') ?? []),
    Object.keys(target.byLabel).length > 0 ? 1 : 0,
  ]);
}
for (const [name, values] of results) {
  console.log(
    name.padEnd(42),
    meanOf(values).toFixed(3),
    `worst ${Math.min(...values).toFixed(3)}`,
  );
}
