import {
  costColumns,
  describeEvaluation,
  type Evaluation,
  LEGEND,
  qualityColumns,
} from '@comfygen/lab';
import { renderTable } from '../../render/table.ts';
import { displayWidth, plain, wrap } from '../../render/text.ts';
import type { Io } from '../../terminal/io.ts';

/** The results for a terminal: how good the choices are, then what they cost, then how to read it. */
export function renderEvaluation(evaluation: Evaluation, { outColors, columns }: Io): string {
  const tables = [qualityColumns, costColumns]
    .flatMap((shown) => {
      const cells = shown.map(({ title, cell }) =>
        alignNumbers(title, evaluation.selectors.map(cell)),
      );
      return packColumns(cells, columns);
    })
    .map((packed) => {
      const [head, ...rows] = transpose(packed);
      const named = head!.map((title, index) => ({
        title,
        ...(index === 0 && { least: 8, paint: outColors.bold }),
      }));
      return renderTable(named, rows, outColors, columns);
    });
  const lines = [describeEvaluation(evaluation), ...LEGEND].flatMap((line) => wrap(line, columns));
  return [...tables, lines.map((line) => `${outColors.dim(line)}\n`).join('')].join('\n');
}

/** A column with its title; numbers end at the same place, names begin there. */
function alignNumbers(title: string, cells: readonly string[]): string[] {
  const column = [title, ...cells.map(plain)];
  if (title === 'selector') return column;
  const width = Math.max(...column.map(displayWidth));
  return column.map((cell) => ' '.repeat(width - displayWidth(cell)) + cell);
}

/** As many columns side by side as the terminal holds; what is left goes below, under the names again. */
function packColumns([names, ...others]: readonly string[][], width: number): string[][][] {
  const widthOf = (column: readonly string[]) => Math.max(...column.map(displayWidth));
  const tables: string[][][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const column of others) {
    if (used + 2 + widthOf(column) > width) {
      tables.push([names!]);
      used = widthOf(names!);
    }
    tables.at(-1)!.push(column);
    used += 2 + widthOf(column);
  }
  return tables;
}

function transpose(columns: readonly string[][]): string[][] {
  return columns[0]!.map((_, row) => columns.map((column) => column[row]!));
}
