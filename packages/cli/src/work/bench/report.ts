import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  costColumns,
  describeEvaluation,
  type Evaluation,
  LEGEND,
  qualityColumns,
  renderChart,
  renderMarkdown,
} from '@comfygen/lab';
import { prepareTarget } from '../../output/target.ts';
import { alreadyThere, type DocumentTarget, writeText } from '../../output/write-file.ts';
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

/** Where the chart and the page go. */
export interface ReportPaths {
  svg: string;
  page: string;
}

/**
 * The paths in a folder, which is made and tried at once: nobody should wait for a report that cannot be kept.
 *
 * @throws FILE_ACCESS, also where one of them is there and may not be replaced
 */
export async function prepareReport(
  out: string,
  { force, io }: Pick<DocumentTarget, 'force' | 'io'>,
): Promise<ReportPaths> {
  const { folder } = await prepareTarget(io.cwd, out);
  const paths = { svg: join(folder, 'selectors.svg'), page: join(folder, 'selectors.md') };
  for (const path of force ? [] : Object.values(paths)) {
    const isFree = await access(path).then(
      () => false,
      () => true,
    );
    if (!isFree) throw alreadyThere(path);
  }
  return paths;
}

/** Writes both. @throws FILE_ACCESS */
export async function writeReport(
  { svg, page }: ReportPaths,
  title: string,
  evaluation: Evaluation,
  target: Omit<DocumentTarget, 'out'>,
): Promise<void> {
  const [heading, ...rest] = renderMarkdown(evaluation, { title }).split('\n\n');
  const text = [heading, '![ρ by selector](selectors.svg)', ...rest].join('\n\n');
  await writeText(renderChart(evaluation, { title }), { ...target, out: svg });
  await writeText(text, { ...target, out: page });
}
