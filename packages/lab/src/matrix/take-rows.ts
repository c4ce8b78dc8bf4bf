import type { ScoreMatrix } from 'comfygen/plugin';

/** The matrix with these rows only. */
export function takeRows(
  { flows, prompts, scores }: ScoreMatrix,
  rows: readonly number[],
): ScoreMatrix {
  return {
    flows: [...flows],
    prompts: rows.map((row) => prompts[row]!),
    scores: rows.map((row) => [...scores[row]!]),
  };
}

/** A key that is equal for prompts that count as one text: without case, form and spacing. */
export function textKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');
}
