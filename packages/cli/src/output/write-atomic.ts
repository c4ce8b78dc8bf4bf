import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Whether a file may be replaced. */
export interface WriteOptions {
  overwrite: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, flushed, then moved into
 * place. Rejects with EEXIST where the file is there and may not be replaced, even if another
 * process made it a moment ago. Whatever goes wrong, no part of a file is left.
 */
export async function writeAtomic(
  path: string,
  bytes: Uint8Array,
  { overwrite, signal }: WriteOptions,
): Promise<void> {
  const temporary = join(dirname(path), `.comfygen-${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes, { signal });
      await file.sync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    if (overwrite) await rename(temporary, path);
    else await moveToFreeName(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A hard link fails where the name is taken, so two processes cannot both win it. */
async function moveToFreeName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw error;
    // Some file systems have no hard links: take the name first, then move onto it.
    await (await open(path, 'wx')).close();
    try {
      await rename(temporary, path);
    } catch (renameError) {
      await rm(path, { force: true });
      throw renameError;
    }
  }
}
