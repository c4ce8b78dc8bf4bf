import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { fileFault, readAtOnce, replaceFile, sweepDrafts } from './files.ts';
import {
  type DocumentKind,
  parseDocument,
  readOrTell,
  type StoreOptions,
  toJson,
  warnOfDamage,
} from './stored-documents.ts';

/** What lies in the folder under one id. */
export interface Kept<T, A> {
  document: T;
  /** What is attached to it, each in a file of its own that nothing replaces, in the order in which it was. */
  attached: A[];
}

/** JSON documents by id, a file each, in the order in which their ids were first written. */
export interface JsonFolder<T, A> {
  /** Keeps what `next` makes of what is kept; where that is damaged it gets `undefined`. */
  write(id: string, next: (kept: Kept<T, A> | undefined) => Kept<T, A>): Promise<void>;
  /** Adds a file to those of an id. Resolves to `false` where the id has no document. */
  attach(id: string, value: A): Promise<boolean>;
  read(id: string): Promise<Kept<T, A> | undefined>;
  list(): AsyncIterable<Kept<T, A>>;
  remove(id: string): Promise<void>;
}

/** How a folder's documents, and what is attached to them, are told from other files. */
export interface FolderKinds {
  document: DocumentKind;
  attached: DocumentKind;
}

/** The files of an id, from the folder; of documents, several where processes made it at the same moment. */
interface Files {
  documents: string[];
  attached: string[];
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** `STAMP-ID.json`, and `STAMP-ID~HEX.json` for what is attached. */
const NAME = /^\d{16}-([^~]+)(~[0-9a-f]+)?\.json$/;
const ROOM = /^[0-9a-f]{2}$/;
/** So many files lie in the folder itself, where people see them; further ones in rooms, found without a long list. */
const FLAT = 256;
const MAX_BYTES = 2 ** 26;
/** A folder's time may be as coarse as this: a list is only known to hold if the folder had rested so long. */
const SETTLED_MS = 2_000;

/**
 * A folder of JSON files, made at the first write. A file is written beside its place, flushed and renamed, so
 * that a crash or a full disk leaves the old one; several processes may share the folder. What takes a fraction of a
 * millisecond is done at once, without a thread.
 */
export function createJsonFolder<T, A = never>(
  folder: string,
  kinds: FolderKinds,
  { onDamaged = warnOfDamage }: StoreOptions,
): JsonFolder<T, A> {
  const { noun } = kinds.document;
  let queue: Promise<unknown> = Promise.resolve();
  let stamp = 0;
  let top: { changed: bigint; names: string[]; settled: boolean } | undefined;

  function topNames(): string[] {
    const changed = statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
    if (top?.settled && top.changed === changed) return top.names;
    const restedMs = Date.now() - Number(changed / 1_000_000n);
    top = { changed, names: namesIn(folder), settled: restedMs > SETTLED_MS };
    return top.names;
  }

  /** The files of an id, and where a new one of it goes. */
  function find(id: string): Files & { place: string; sweep(): Promise<void> } {
    const room = createHash('sha256').update(id).digest('hex').slice(0, 2);
    const [own, inRoom] = [topNames(), namesInRoom(join(folder, room))];
    const sorted = (mark: string) => {
      const isOf = (name: string) => name.startsWith(`-${id}${mark}`, 16) && NAME.test(name);
      return byStamp([...own.filter(isOf), ...inRoom.filter(isOf).map((name) => join(room, name))]);
    };
    return {
      documents: sorted('.json'),
      attached: sorted('~'),
      place: own.filter((name) => NAME.test(name)).length < FLAT ? '' : room,
      sweep: async () => {
        await sweepDrafts(folder, own);
        await sweepDrafts(join(folder, room), inRoom);
      },
    };
  }

  function load(file: string, kind: DocumentKind): unknown {
    const path = join(folder, file);
    try {
      return parseDocument(path, new TextDecoder().decode(readAtOnce(path, MAX_BYTES)), kind);
    } catch (error) {
      // Another process removed it.
      if (ComfygenError.is(error) && error.details['code'] === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Like `load`, but what is damaged is told and left out. */
  const tryLoad = (file: string, kind: DocumentKind): unknown =>
    readOrTell(join(folder, file), onDamaged, () => load(file, kind));

  function withAttached(document: unknown, { attached }: Files): Kept<T, A> {
    const values = attached.map((file) => tryLoad(file, kinds.attached));
    return { document: document as T, attached: values.filter((v) => v !== undefined) as A[] };
  }

  async function create(place: string, id: string, value: unknown, mark = ''): Promise<void> {
    // Microseconds, never twice the same in a process: names sort by the time of the first write.
    stamp = Math.max(stamp + 1, Date.now() * 1_000);
    const name = `${String(stamp).padStart(16, '0')}-${id}${mark}.json`;
    await replaceFile(join(folder, place), name, textOf(value, noun, id));
  }

  async function attach(id: string, value: A, place: string): Promise<void> {
    await create(place, id, value, `~${globalThis.crypto.randomUUID().slice(0, 8)}`);
  }

  /** One write after the other: two of a new id would else make two files. */
  function inTurn<R>(work: () => Promise<R>): Promise<R> {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  }

  return {
    async write(id, next) {
      checkId(id, noun);
      await inTurn(async () => {
        const files = find(id);
        await files.sweep();
        const file = files.documents.at(-1);
        const old =
          file === undefined ? undefined : unlessDamaged(() => load(file, kinds.document));
        const { document, attached } = next(
          old === undefined ? undefined : withAttached(old, files),
        );
        if (file === undefined) await create(files.place, id, document);
        else {
          const place = join(folder, dirname(file));
          await replaceFile(place, basename(file), textOf(document, noun, id));
        }
        for (const value of attached) await attach(id, value, files.place);
      });
    },
    async attach(id, value) {
      const { documents, place } = find(id);
      if (documents.length > 0) await attach(id, value, place);
      return documents.length > 0;
    },
    async read(id) {
      const files = find(id);
      const file = files.documents.at(-1);
      const document = file === undefined ? undefined : load(file, kinds.document);
      return document === undefined ? undefined : withAttached(document, files);
    },
    async *list() {
      for (const files of await allFiles(folder)) {
        const document = tryLoad(files.documents.at(-1)!, kinds.document);
        if (document !== undefined) yield withAttached(document, files);
        // Whoever else has something to do in this process comes first.
        await setImmediate();
      }
    },
    async remove(id) {
      await inTurn(async () => {
        const { documents, attached } = find(id);
        for (const file of [...attached, ...documents]) {
          const path = join(folder, file);
          await rm(path, { force: true }).catch((error) => {
            throw fileFault(path, error);
          });
        }
      });
    },
  };
}

const textOf = (value: unknown, noun: string, id: string) => `${toJson(value, noun, id, 2)}\n`;

/** What is damaged may be replaced. */
function unlessDamaged(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (ComfygenError.is(error, 'INVALID_RECORD')) return undefined;
    throw error;
  }
}

/** The files of each id that has a document, in the order of their first ones. */
async function allFiles(folder: string): Promise<Files[]> {
  const own = namesIn(folder);
  await sweepDrafts(folder, own);
  const files = [...own];
  for (const room of own.filter((name) => ROOM.test(name))) {
    const names = namesInRoom(join(folder, room));
    await sweepDrafts(join(folder, room), names);
    files.push(...names.map((name) => join(room, name)));
  }
  const byId = new Map<string, Files>();
  for (const file of byStamp(files)) {
    const [, id, mark] = NAME.exec(basename(file)) ?? [];
    if (id === undefined) continue;
    const of = byId.get(id) ?? { documents: [], attached: [] };
    byId.set(id, of);
    (mark === undefined ? of.documents : of.attached).push(file);
  }
  return [...byId.values()].filter(({ documents }) => documents.length > 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileFault(folder, error);
  }
}

/** The names in one of the sub-folders; a file of that name is somebody else's. */
function namesInRoom(room: string): string[] {
  try {
    return namesIn(room);
  } catch (error) {
    if (ComfygenError.is(error) && error.details['code'] === 'ENOTDIR') return [];
    throw error;
  }
}

function byStamp(files: string[]): string[] {
  return files
    .map((file) => [basename(file), file] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, file]) => file);
}

// The id becomes part of a file name, so it must not lead out of the folder.
function checkId(id: string, noun: string): void {
  if (ID.test(id)) return;
  throw new ComfygenError(
    'INVALID_RECORD',
    `The id of a ${noun} must be 1 to 128 letters, digits, dots, dashes and underscores; got ${JSON.stringify(id)}.`,
  );
}
