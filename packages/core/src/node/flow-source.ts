import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComfygenError } from '../errors/comfygen-error.ts';

/** A folder, an exported file (`.json`, or a PNG made by ComfyUI), or a file: or http(s) address. */
export type FlowSource = string | URL;

/** A path, or an http(s) address. Throws INVALID_OPTIONS for addresses of other kinds. */
export function toPlace(source: FlowSource): string | URL {
  if (!(source instanceof URL) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return resolve(source);
  const url = URL.parse(String(source));
  if (url?.protocol === 'file:') return resolve(fileURLToPath(url));
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `${source}: expected a path or a file: or http(s) address`,
  );
}

/** `my%20flow.json` as it would be on disk. */
export function spelledOut(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
