import { randomUUID } from 'node:crypto';
import { access, link, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ComfygenError } from 'comfygen';
import type { Io } from '../terminal/io.ts';
import { fileError } from './file-error.ts';
import { prepareTarget } from './target.ts';

/** The destination of a document. */
export interface DocumentTarget {
  /** The path of the file; stdout where absent. */
  out: string | undefined;
  force: boolean;
  io: Io;
  signal: AbortSignal;
}

/** Checks, before a long computation, that its document can be written; makes its folder. @throws FILE_ACCESS */
export async function prepareDocument({ out, force, io }: DocumentTarget): Promise<void> {
  if (out === undefined) return;
  const path = resolve(io.cwd, out);
  await prepareTarget(io.cwd, `${dirname(path)}/`);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere && !force) throw alreadyThere(path);
}

/**
 * Writes a text to a file, whole or not at all, or to stdout.
 *
 * @throws FILE_ACCESS where the file exists and `force` is not set
 */
export async function writeText(
  text: string,
  { out, force, io, signal }: DocumentTarget,
): Promise<void> {
  if (out === undefined) return io.out(text);
  const path = resolve(io.cwd, out);
  try {
    await writeAtomic(path, new TextEncoder().encode(text), { overwrite: force, signal });
  } catch (cause) {
    signal.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError('write', path, cause);
    throw alreadyThere(path, cause);
  }
}

/** The error for a file that exists and may not be replaced. */
export function alreadyThere(path: string, cause?: unknown): ComfygenError {
  const hint = 'Give another name, or replace it with --force.';
  return new ComfygenError('FILE_ACCESS', `${path} is there already.`, {
    cause,
    details: { path, hint },
  });
}

/** Writes a JSON document. */
export async function writeDocument(document: object, target: DocumentTarget): Promise<void> {
  await writeText(`${JSON.stringify(document)}\n`, target);
}

/** Options of `writeAtomic`. */
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
