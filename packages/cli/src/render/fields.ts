import type { Colors } from '../terminal/io.ts';
import { displayWidth, pad, wrap } from './text.ts';

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
