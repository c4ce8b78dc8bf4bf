import type { Colors } from '../terminal/io.ts';
import { breakLines, displayWidth, pad, wrap } from './text.ts';

/** One labelled line of a description; the value wraps under itself. Empty values are left out. */
export type Field = readonly [label: string, value: string | string[]];

/** Labelled lines, aligned, within a width. */
export function renderFields(fields: readonly Field[], colors: Colors, columns: number): string {
  const shown = fields.filter(([, value]) => value.length > 0);
  const labelWidth = Math.max(0, ...shown.map(([label]) => displayWidth(label)));
  const width = columns - labelWidth - 4;
  return shown
    .flatMap(([label, value]) => {
      const lines = [value].flat().flatMap((line) => wrap(line, width));
      return lines.map(
        (line, index) => `  ${colors.dim(pad(index === 0 ? label : '', labelWidth))}  ${line}\n`,
      );
    })
    .join('');
}

/** A column: its heading, the least width it may shrink to, and how its cells are coloured. */
export interface Column {
  title: string;
  /** The least width that it may shrink to on a narrow terminal; without one it never shrinks. */
  least?: number;
  paint?: (text: string) => string;
}

/**
 * Rows under headings, within a width: columns that may shrink give way, the widest first, and their cells take
 * more lines. No word is cut.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly string[][],
  colors: Colors,
  width: number,
): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  const gaps = 2 * (columns.length - 1);
  const total = () => widths.reduce((sum, one) => sum + one, gaps);
  while (total() > width) {
    const spare = columns.map(({ least }, i) => (least === undefined ? 0 : widths[i]! - least));
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest]! <= 0) break;
    widths[widest]! -= 1;
  }
  const lines = (cells: readonly string[], paint: (text: string, index: number) => string) => {
    const broken = cells.map((cell, index) => breakLines(cell, widths[index]!));
    const height = Math.max(1, ...broken.map(({ length }) => length));
    return Array.from({ length: height }, (_, row) =>
      broken
        .map((cell, index) => paint(pad(cell[row] ?? '', widths[index]!), index))
        .join('  ')
        .trimEnd(),
    );
  };
  const head = lines(
    columns.map(({ title }) => title),
    (text) => colors.dim(text),
  );
  const body = rows.flatMap((row) => lines(row, (text, i) => columns[i]?.paint?.(text) ?? text));
  return `${[...head, ...body].join('\n')}\n`;
}
