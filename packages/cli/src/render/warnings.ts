import type { Warning } from 'comfygen';
import type { Colors } from '../terminal/io.ts';
import { plain, wrap } from './text.ts';

/** Warnings as marked lines, each sentence once. */
export function renderWarnings(
  warnings: readonly Pick<Warning, 'message'>[],
  colors: Colors,
  columns: number,
): string {
  const messages = [...new Set(warnings.map(({ message }) => plain(message)))];
  return messages
    .flatMap((message) =>
      wrap(message, columns - 4).map(
        (line, index) => `  ${index === 0 ? colors.yellow('!') : ' '} ${line}\n`,
      ),
    )
    .join('');
}
