import { averageMatrices, type NamedMatrix, parseMatrix } from '@comfygen/lab';
import { ComfygenError, type ScoreMatrix } from 'comfygen';
import type { Io } from '../../terminal/io.ts';
import { readText } from '../workflow/read-workflow.ts';

/** Scores of one role, and the files that they came from. */
export interface Scores {
  files: string[];
  matrix: ScoreMatrix;
}

const HINT = 'See what a file of scores looks like with: comfygen bench selectors --help';

/** The mean of the files of one option. @throws INVALID_SCORES naming file, line and column; FILE_ACCESS */
export async function readScores(option: string, list: string, io: Io): Promise<Scores> {
  const files = list.split(',').map((file) => file.trim());
  if (files.includes('')) {
    throw new ComfygenError('INVALID_OPTIONS', `${option} has an empty file name in "${list}".`);
  }
  const matrices: NamedMatrix[] = [];
  for (const file of files) {
    const text = await readText(file, io);
    const name = file === '-' ? 'stdin' : file;
    matrices.push({ name, matrix: withHint(() => parseMatrix(text, { name })) });
  }
  return { files, matrix: withHint(() => averageMatrices(matrices)) };
}

function withHint<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!ComfygenError.is(cause)) throw cause;
    const details = { ...cause.details, hint: HINT };
    throw new ComfygenError(cause.code, cause.message, { cause, details });
  }
}
