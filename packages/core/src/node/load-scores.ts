import { parseScoreTable } from '../documents/score-table.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { ScoreTable } from '../spec/index.ts';
import { readBytes } from './files.ts';

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A score table from its JSON file. @throws FILE_ACCESS; INVALID_SCORES where it is another file or damaged;
 * PAYLOAD_TOO_LARGE above 64 MiB
 */
export async function loadScores(path: string): Promise<ScoreTable> {
  const text = new TextDecoder().decode(await readBytes(path, MAX_BYTES));
  try {
    return parseScoreTable(JSON.parse(text));
  } catch (cause) {
    const reason = ComfygenError.is(cause) ? cause.message : 'it is not JSON';
    throw new ComfygenError('INVALID_SCORES', `${path}: ${reason}`, { details: { path }, cause });
  }
}
