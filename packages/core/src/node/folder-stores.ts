import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { JobEntry, JobStore, RecordStore, RunRecord, TextCache } from '../spec/index.ts';
import { readAs } from '../util/read-as.ts';
import { fileFault, replaceFile } from './files.ts';

/** A file of a store that could not be read as what it should be. */
export interface DamagedFile {
  path: string;
  reason: string;
}

/** Settings of a folder store. */
export interface FolderStoreOptions {
  /** Called for each damaged file that `list` leaves out. Default: emits a process warning. */
  onDamaged?: ((file: DamagedFile) => void) | undefined;
}

/** JSON documents by id, a file each, in the order in which their ids were first written. */
interface JsonFolder<T> {
  write(id: string, document: T): Promise<void>;
  read(id: string): Promise<T | undefined>;
  list(): AsyncIterable<T>;
  remove(id: string): Promise<void>;
}

/** How documents of one kind are told from other JSON. */
interface DocumentKind {
  /** For messages: `record`. */
  noun: string;
  /** Only what tells it: newer versions may add fields. */
  schema: z.ZodType;
}

const NAME = /^\d{16}-(.+)\.json$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * A folder of JSON files, made at the first write. A file is written beside its place, flushed and renamed, so
 * that a crash or a full disk leaves the old one; several processes may share the folder.
 */
function createJsonFolder<T>(
  folder: string,
  kind: DocumentKind,
  { onDamaged = warnOfDamage }: FolderStoreOptions,
): JsonFolder<T> {
  let queue: Promise<unknown> = Promise.resolve();
  let stamp = 0;

  /** File names by id, in their order. */
  async function names(): Promise<Map<string, string>> {
    const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw fileFault(folder, error);
    });
    return new Map(
      files.sort().flatMap((file) => {
        const id = NAME.exec(file)?.[1];
        return id === undefined ? [] : [[id, file] as const];
      }),
    );
  }

  async function load(file: string): Promise<T | undefined> {
    const path = join(folder, file);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fileFault(path, error);
    }
    return parse(path, text, kind) as T;
  }

  async function write(id: string, document: T): Promise<void> {
    const text = toJson(document, kind.noun, id);
    const known = (await names()).get(id);
    // Microseconds, never twice the same in a process: names sort by the time of the first write.
    stamp = Math.max(stamp + 1, Date.now() * 1_000);
    const file = known ?? `${String(stamp).padStart(16, '0')}-${id}.json`;
    await replaceFile(folder, file, text);
  }

  return {
    async write(id, document) {
      checkId(id, kind.noun);
      // One after the other: two writes of a new id would else make two files.
      const turn = queue.then(() => write(id, document));
      queue = turn.catch(() => {});
      return turn;
    },
    async read(id) {
      const file = (await names()).get(id);
      return file === undefined ? undefined : load(file);
    },
    async *list() {
      for (const file of (await names()).values()) {
        try {
          const document = await load(file);
          if (document !== undefined) yield document;
        } catch (error) {
          if (!ComfygenError.is(error)) throw error;
          onDamaged({ path: join(folder, file), reason: error.message });
        }
      }
    },
    async remove(id) {
      const file = (await names()).get(id);
      if (file === undefined) return;
      const path = join(folder, file);
      await rm(path, { force: true }).catch((error) => {
        throw fileFault(path, error);
      });
    },
  };
}

function parse(path: string, text: string, { noun, schema }: DocumentKind): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ComfygenError('INVALID_RECORD', `${path}: not JSON`, { details: { path }, cause });
  }
  return readAs(schema, value, {
    what: `${noun} ${path}`,
    code: 'INVALID_RECORD',
    details: { path },
  });
}

function toJson(document: unknown, noun: string, id: string): string {
  try {
    return `${JSON.stringify(document, null, 2)}\n`;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComfygenError('INVALID_RECORD', `The ${noun} ${id} is not JSON-safe: ${reason}`, {
      cause,
    });
  }
}

// The id becomes part of a file name, so it must not lead out of the folder.
function checkId(id: string, noun: string): void {
  if (ID.test(id)) return;
  throw new ComfygenError(
    'INVALID_RECORD',
    `The id of a ${noun} must be 1 to 128 letters, digits, dots, dashes and underscores; got ${JSON.stringify(id)}.`,
  );
}

function warnOfDamage({ path, reason }: DamagedFile): void {
  process.emitWarning(`${reason}. It is left out; repair or delete ${path}.`, 'ComfygenWarning');
}

const jobEntry = z.looseObject({
  planId: z.string(),
  state: z.string(),
  ref: z.looseObject({ id: z.string(), executor: z.string() }),
});

const runRecord = z.looseObject({
  schema: z.literal('comfygen/record@1'),
  runId: z.string(),
  images: z.array(z.unknown()),
  feedback: z.array(z.unknown()),
});

/**
 * Keeps references of jobs in a folder, a JSON file each, so that another process can go on with them after a
 * crash. Several processes may share it. A damaged file is left out of `list` and reported; `get` of it
 * throws INVALID_RECORD. Throws FILE_ACCESS where the folder can't be read or written.
 */
export function folderJobStore(folder: string, options: FolderStoreOptions = {}): JobStore {
  const files = createJsonFolder<JobEntry>(folder, { noun: 'job', schema: jobEntry }, options);
  return {
    put: (entry) => files.write(entry.planId, entry),
    get: (planId) => files.read(planId),
    list: () => files.list(),
    delete: (planId) => files.remove(planId),
  };
}

/**
 * Keeps run records in a folder, a JSON file each, for as long as the files stay. Several processes may share
 * it. A damaged file is left out of `list` and reported; `get` of it throws INVALID_RECORD.
 * Throws FILE_ACCESS where the folder can't be read or written, the disk being full included: the record
 * that was there stays.
 */
export function folderRecordStore(folder: string, options: FolderStoreOptions = {}): RecordStore {
  const files = createJsonFolder<RunRecord>(folder, { noun: 'record', schema: runRecord }, options);
  return {
    append: (record) => files.write(record.runId, record),
    get: (runId) => files.read(runId),
    list: () => files.list(),
  };
}

/**
 * Keeps texts in a folder, a file each, for as long as the files stay; several processes may share it. The folder is
 * made at the first write. Throws FILE_ACCESS where it can't be read or written.
 */
export function folderTextCache(folder: string): TextCache {
  // Keys are of any length and hold anything; file names must not.
  const fileOf = (key: string) => `${createHash('sha256').update(key).digest('hex')}.txt`;
  return {
    async get(key) {
      const path = join(folder, fileOf(key));
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw fileFault(path, error);
      }
    },
    async set(key, text) {
      await replaceFile(folder, fileOf(key), text);
    },
  };
}
