import { readFileSync } from 'node:fs';
import type { ScoreMatrix } from 'comfygen/plugin';

/**
 * A matrix from CSV files (`id,prompt,labels,<a column a flow>`) of the same rows and columns, averaged cell by cell.
 */
export function readMatrix(files: readonly string[]): ScoreMatrix {
  const tables = files.map((file) => splitCsv(readFileSync(file, 'utf8')));
  const [head, ...rows] = tables[0]!;
  return {
    flows: head!.slice(3),
    prompts: rows.map(([id, text, labels]) => ({
      id: id!,
      text: text!,
      labels: labels!.split('|').filter((label) => label !== ''),
    })),
    scores: rows.map((row, index) =>
      row.slice(3).map((_, column) => {
        const cells = tables.map((table) => table[index + 1]![column + 3]!);
        if (cells.includes('')) return null;
        return cells.reduce((sum, cell) => sum + Number(cell), 0) / cells.length;
      }),
    ),
  };
}

function splitCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n|$)/g,
  )) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 3);
}
