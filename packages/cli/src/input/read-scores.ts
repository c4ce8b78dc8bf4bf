import { resolve } from 'node:path';
import { averageMatrices, matrixFromRecords, type NamedMatrix, parseMatrix } from '@comfygen/lab';
import { ComfygenError, type RunRecord, type ScoreMatrix, type Warning } from 'comfygen';
import { openRecords } from '../parts/stores.ts';
import type { Io } from '../terminal/io.ts';
import { readText } from './read-input.ts';

/** A score matrix, with the files that it was read from. */
export interface Scores {
  files: string[];
  matrix: ScoreMatrix;
}

/** Scored prompts, with their scorer and warnings about what was left out. */
export interface ScoreSource {
  matrix: ScoreMatrix;
  scorer: RunRecord['scorer'];
  warnings: Warning[];
}

const HINT = 'See what a file of scores looks like with: comfygen bench selectors --help';

/**
 * The scores of one option: the mean of its files. @throws INVALID_SCORES naming file, line and column; FILE_ACCESS
 */
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

/** Scored prompts from files or from records. @throws INVALID_OPTIONS, INVALID_SCORES, FILE_ACCESS */
export async function readScoreSource(
  files: string | undefined,
  place: string | undefined,
  io: Io,
): Promise<ScoreSource> {
  if ((files === undefined) === (place === undefined)) {
    throw new ComfygenError(
      'INVALID_OPTIONS',
      'Scores come from CSV files or from --records PATH: give one of them.',
    );
  }
  if (files !== undefined) {
    const { matrix } = await readScores('The argument', files, io);
    return { matrix, scorer: null, warnings: [] };
  }
  const warnings: Warning[] = [];
  const onDamaged = ({ path, reason }: { path: string; reason: string }) => {
    warnings.push({ code: 'record-skipped', message: `${path} is left out: ${reason}` });
  };
  const store = await openRecords(resolve(io.cwd, place!), { onDamaged });
  const read = await matrixFromRecords(store.list());
  if (read.matrix.prompts.length > 0) return { ...read, warnings: [...warnings, ...read.warnings] };
  throw new ComfygenError('INVALID_SCORES', `${place} keeps no run with a score.`, {
    details: { place, hint: `Make some with: comfygen generate "a prompt" --records ${place}` },
  });
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
