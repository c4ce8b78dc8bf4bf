import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ComfygenError } from 'comfygen';
import type { Io } from '../terminal/io.ts';
import { fileError } from './file-error.ts';
import { prepareTarget } from './target.ts';
import { writeAtomic } from './write-atomic.ts';

/** Where a document goes. */
export interface DocumentTarget {
  /** A file; stdout where absent. */
  out: string | undefined;
  force: boolean;
  io: Io;
  signal: AbortSignal;
}

/** Finds out beforehand that a document could not be kept, where making it takes a while. @throws FILE_ACCESS */
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

/** Writes a text to a file, whole or not at all, or to stdout. @throws FILE_ACCESS where it exists and `force` is not set */
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

/** Says that a file will not be replaced. */
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
