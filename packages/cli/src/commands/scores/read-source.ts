import { resolve } from 'node:path';
import { matrixFromRecords } from '@comfygen/lab';
import { ComfygenError, type RunRecord, type ScoreMatrix, type Warning } from 'comfygen';
import { folderRecordStore } from 'comfygen/node';
import type { Io } from '../../terminal/io.ts';
import { readScores } from '../bench/read-scores.ts';

/** Scored prompts, who scored them, and what was left out. */
export interface ScoreSource {
  matrix: ScoreMatrix;
  scorer: RunRecord['scorer'];
  warnings: Warning[];
}

/** Scored prompts from files or from records. @throws INVALID_OPTIONS, INVALID_SCORES, FILE_ACCESS */
export async function readSource(
  files: string | undefined,
  folder: string | undefined,
  io: Io,
): Promise<ScoreSource> {
  if ((files === undefined) === (folder === undefined)) {
    throw new ComfygenError(
      'INVALID_OPTIONS',
      'Scores come from CSV files or from --records DIR: give one of them.',
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
  const store = folderRecordStore(resolve(io.cwd, folder!), { onDamaged });
  const read = await matrixFromRecords(store.list());
  if (read.matrix.prompts.length > 0) return { ...read, warnings: [...warnings, ...read.warnings] };
  throw new ComfygenError('INVALID_SCORES', `${folder} keeps no run with a score.`, {
    details: { folder, hint: `Make some with: comfygen generate "a prompt" --records ${folder}` },
  });
}
