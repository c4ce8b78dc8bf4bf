import { ComfygenError, type NodeCatalogue } from 'comfygen';
import type { Io } from '../terminal/io.ts';
import { readText } from './read-input.ts';

/** The node classes of a server, from a saved `GET /object_info`. Throws INVALID_OPTIONS for any other file. */
export async function readCatalogue(file: string, io: Io): Promise<NodeCatalogue> {
  const text = await readText(file, io);
  const hint = 'Save one with: curl -s http://127.0.0.1:8188/object_info > info.json';
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ComfygenError('INVALID_OPTIONS', `${file} is not JSON.`, {
      cause,
      details: { hint },
    });
  }
  if (isCatalogue(value)) return value;
  const message = `${file} is no answer of GET /object_info.`;
  throw new ComfygenError('INVALID_OPTIONS', message, { details: { hint } });
}

function isCatalogue(value: unknown): value is NodeCatalogue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (info) => typeof info === 'object' && info !== null && 'input' in info,
  );
}
