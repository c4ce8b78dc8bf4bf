import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fsync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
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
  EAGAIN: 'there is nothing to read in it now',
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

/**
 * The bytes of a file. A pipe, a device or a folder is FILE_ACCESS, and nothing is read of it. Throws FILE_ACCESS, or
 * PAYLOAD_TOO_LARGE above `maxBytes`, which also ends a file without an end.
 */
export async function readBytes(
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  try {
    // Opening some devices does something to them.
    sizeOf(path, await stat(path), maxBytes);
    // It may be another by now: one that would wait for its writer says so instead.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const size = sizeOf(path, await file.stat(), maxBytes);
      const chunks: Uint8Array[] = [];
      // Files of /proc say that they are empty: only reading tells.
      for (let total = 0; ; ) {
        signal?.throwIfAborted();
        const chunk = new Uint8Array(Math.max(size - total, 65_536));
        const { bytesRead } = await file.read(chunk);
        if (bytesRead === 0) return Buffer.concat(chunks);
        chunks.push(chunk.subarray(0, bytesRead));
        total += bytesRead;
        if (total > maxBytes) throw tooLarge(path, `${total} bytes or more`, maxBytes);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw fileFault(path, error);
  }
}

/**
 * The bytes of a small file of ours, read at once: a file of a few kB is there sooner than a thread that would fetch it.
 * Throws as `readBytes` does.
 */
export function readAtOnce(path: string, maxBytes: number): Uint8Array {
  try {
    sizeOf(path, statSync(path), maxBytes);
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileFault(path, error);
  }
}

function sizeOf(path: string, info: Stats, maxBytes: number): number {
  if (!info.isFile()) {
    throw new ComfygenError('FILE_ACCESS', `${path}: not a file`, { details: { path } });
  }
  if (info.size > maxBytes) throw tooLarge(path, `${info.size} bytes`, maxBytes);
  return info.size;
}

const tooLarge = (path: string, what: string, maxBytes: number) =>
  new ComfygenError('PAYLOAD_TOO_LARGE', `${path}: ${what}, more than ${maxBytes}`);

/** Puts a whole file in its place, flushed, or leaves what was there. Makes the folder. Throws FILE_ACCESS. */
export async function replaceFile(
  folder: string,
  file: string,
  content: string | Uint8Array,
): Promise<void> {
  const path = join(folder, file);
  for (let attempt = 1; ; attempt += 1) {
    const draft = join(
      folder,
      `.${file}.${owner()}.${globalThis.crypto.randomUUID().slice(0, 8)}.tmp`,
    );
    try {
      await writeFlushed(draft, content);
      return renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      // The folder is not there yet, or somebody swept the draft.
      if (codeOf(error) !== 'ENOENT' || attempt === 3) throw fileFault(path, error);
    }
    await makeFolder(folder).catch((error) => {
      throw fileFault(path, error);
    });
  }
}

/** Only the flush takes long enough to be waited for in a thread. */
async function writeFlushed(path: string, content: string | Uint8Array): Promise<void> {
  const file = openSync(path, 'wx');
  try {
    writeFileSync(file, content);
    await promisify(fsync)(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a folder and those above it. Node's own `recursive` never ends below /proc, which takes no folder. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const above = dirname(path);
    if (codeOf(error) === 'EEXIST' && (await isFolder(path))) return;
    if (codeOf(error) !== 'ENOENT' || above === path) throw error;
    // Another writer may have made it by now.
    if (!(await isFolder(above))) await makeFolder(above);
    await mkdir(path).catch((again) => {
      if (codeOf(again) !== 'EEXIST') throw again;
    });
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );

/** Drafts carry who writes them: the machine and the process. */
let host: string | undefined;
const hostOf = () => (host ??= createHash('sha256').update(nameHost()).digest('hex').slice(0, 8));
/** Deno wants leave for the name; without it only age tells whether a draft of another process is over. */
function nameHost(): string {
  try {
    return hostname();
  } catch {
    return globalThis.crypto.randomUUID();
  }
}
const owner = () => `${hostOf()}-${process.pid}`;
const DRAFT = /^\..+?(?:\.([0-9a-f]{8})-(\d+))?\.[0-9a-f-]+\.tmp$/;
/** No draft takes so long, wherever it is written. */
const STALE_MS = 3_600_000;

/** Removes the drafts among a folder's files whose processes ended before they were done. */
export async function sweepDrafts(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!name.endsWith('.tmp')) continue;
    const [draft, from, pid] = DRAFT.exec(name) ?? [];
    if (draft === undefined) continue;
    const path = join(folder, name);
    const isOver = from === hostOf() ? !isRunning(Number(pid)) : false;
    if (isOver || (await ageOf(path)) > STALE_MS) await rm(path, { force: true }).catch(() => {});
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

const ageOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
