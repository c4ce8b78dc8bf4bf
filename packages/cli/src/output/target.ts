import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { kindOfFile, mediaTypeOfName } from 'comfygen/http';
import { fileError } from './file-error.ts';

/** Where pictures go: a folder, and the name that the user gave to the first. */
export interface Target {
  folder: string;
  fileName: string | undefined;
}

const DEFAULT_FOLDER = 'comfygen-output';

/**
 * Reads `--out`: a name that ends like a picture, a film, a sound or a model is a file, anything else a folder. The folder is
 * made and tried at once, so that nobody waits for a picture that cannot be kept.
 */
export async function prepareTarget(cwd: string, out: string | undefined): Promise<Target> {
  const path = resolve(cwd, out ?? DEFAULT_FOLDER);
  const asFolder = out === undefined || /[\\/]$/.test(out) || (await isFolder(path));
  const isFile = !asFolder && endsLikeMedia(path);
  const folder = isFile ? dirname(path) : path;
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw fileError('write into', folder, cause);
  }
  return { folder, fileName: isFile ? basename(path) : undefined };
}

function endsLikeMedia(path: string): boolean {
  const type = mediaTypeOfName(path) ?? '';
  return /^(image|model)\//.test(type) || ['image', 'video', 'audio'].includes(kindOfFile(path));
}

/** Makes a folder and those above it. Node's own `recursive` never ends below /proc, which takes no folder. */
async function makeFolder(path: string): Promise<void> {
  const above = dirname(path);
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isFolder(path))) return;
    if (code === 'EEXIST')
      throw Object.assign(new Error(path, { cause: error }), { code: 'ENOTDIR' });
    if (code !== 'ENOENT' || above === path || (await isFolder(above))) throw error;
    await makeFolder(above);
    await mkdir(path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
