import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ComfygenError } from 'comfygen';

const NAMES = ['comfygen.config.json', 'comfygen.config.mjs', 'comfygen.config.ts'];

/**
 * The config file that holds here: the one given, or the nearest one upward from the folder.
 * Two beside each other are an error, because either could be the one meant.
 */
export function findConfig(cwd: string, given: string | undefined): string | undefined {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    if (existsSync(path)) return path;
    throw new ComfygenError('FILE_ACCESS', `There is no config file ${path}.`);
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = NAMES.filter((name) => existsSync(join(folder, name)));
    if (found.length > 1) {
      throw new ComfygenError('INVALID_OPTIONS', `${folder} has both ${found.join(' and ')}.`, {
        details: { hint: 'Keep one of them, or name it with --config FILE.' },
      });
    }
    if (found[0] !== undefined) return join(folder, found[0]);
    if (dirname(folder) === folder) return undefined;
  }
}
