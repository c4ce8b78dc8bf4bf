import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ComfygenError } from '../errors/comfygen-error.ts';

const SYSTEM_ERRORS: { [code: string]: string } = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'access is not allowed',
  EPERM: 'access is not allowed',
  ELOOP: 'its links lead in a circle',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'something else has that name',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk can only be read',
  EMFILE: 'too many files are open',
};

/** The FILE_ACCESS error for a path, with what the system said in words. */
export function fileFault(path: string, error: unknown): ComfygenError {
  if (ComfygenError.is(error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new ComfygenError('FILE_ACCESS', `${path}: ${SYSTEM_ERRORS[code] ?? code}`, {
    details: { path, code },
    cause: error,
  });
}

/** The bytes of a file. Throws FILE_ACCESS, or PAYLOAD_TOO_LARGE above `maxBytes`. */
export async function readBytes(
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  try {
    const info = await stat(path);
    if (!info.isFile()) {
      throw new ComfygenError('FILE_ACCESS', `${path}: not a file`, { details: { path } });
    }
    const { size } = info;
    if (size > maxBytes) {
      throw new ComfygenError('PAYLOAD_TOO_LARGE', `${path}: ${size} bytes, more than ${maxBytes}`);
    }
    return await readFile(path, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw fileFault(path, error);
  }
}

/** Puts a whole file in its place, flushed, or leaves what was there. Makes the folder. Throws FILE_ACCESS. */
export async function replaceFile(folder: string, file: string, text: string): Promise<void> {
  const path = join(folder, file);
  const draft = join(folder, `.${file}.${globalThis.crypto.randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileFault(path, error);
  }
}
