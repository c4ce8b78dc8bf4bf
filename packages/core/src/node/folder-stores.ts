import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  Feedback,
  ImageCache,
  JobEntry,
  JobStore,
  RecordStore,
  RunRecord,
  TextCache,
} from '../spec/index.ts';
import { noSuchRun, verdictsNotIn } from '../stores/verdicts.ts';
import { readBytes, replaceFile, sweepDrafts } from './files.ts';
import { createJsonFolder, type Kept } from './json-folder.ts';
import { JOB, RECORD, type StoreOptions, VERDICT } from './stored-documents.ts';

/**
 * Keeps references of jobs in a folder for people to read, a JSON file each, so that another process can go on with
 * them after a crash. Several processes may share it. A damaged file is left out of `list` and reported; `get` of it
 * throws INVALID_RECORD. Throws FILE_ACCESS where the folder can't be read or written.
 */
export function folderJobStore(folder: string, options: StoreOptions = {}): JobStore {
  const files = createJsonFolder<JobEntry>(folder, { document: JOB, attached: JOB }, options);
  return {
    put: (entry) => files.write(entry.planId, () => ({ document: entry, attached: [] })),
    get: async (planId) => (await files.read(planId))?.document,
    async *list() {
      for await (const { document } of files.list()) yield document;
    },
    delete: (planId) => files.remove(planId),
  };
}

/**
 * Keeps run records in a folder for people to read: a JSON file each, and one for each verdict beside it, for as long as
 * the files stay. Several processes may share it. A damaged file is left out of `list` and reported; `get` of it throws
 * INVALID_RECORD. Throws FILE_ACCESS where the folder can't be read or written, the disk being full included: the record
 * that was there stays. Above 256 files, further ones lie in sub-folders.
 */
export function folderRecordStore(
  folder: string,
  options: StoreOptions = {},
): RecordStore & Required<Pick<RecordStore, 'addFeedback'>> {
  const kinds = { document: RECORD, attached: VERDICT };
  const files = createJsonFolder<RunRecord, Feedback>(folder, kinds, options);
  return {
    append: (record) =>
      files.write(record.runId, (kept) => {
        // Only what lies in the record already stays there: a file that is replaced may lose what another process adds.
        const feedback = kept?.document.feedback ?? [];
        const known = [...feedback, ...(kept?.attached ?? [])];
        return {
          document: { ...record, feedback },
          attached: verdictsNotIn(known, record.feedback),
        };
      }),
    async addFeedback(runId, verdict) {
      if (!(await files.attach(runId, verdict))) throw noSuchRun(runId);
    },
    async get(runId) {
      const kept = await files.read(runId);
      return kept && withVerdicts(kept);
    },
    async *list() {
      for await (const kept of files.list()) yield withVerdicts(kept);
    },
  };
}

const withVerdicts = ({ document, attached }: Kept<RunRecord, Feedback>): RunRecord => ({
  ...document,
  feedback: [...document.feedback, ...attached],
});

const MAX_BYTES = 2 ** 30;
const MAX_TEXT_BYTES = 2 ** 26;

/**
 * Keeps texts in a folder, a file each, for as long as the files stay; several processes may share it. The folder is
 * made at the first write. Throws FILE_ACCESS where it can't be read or written.
 */
export function folderTextCache(folder: string): TextCache {
  const files = cacheFolder(folder, 'txt', MAX_TEXT_BYTES);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    get: async (key) => {
      const bytes = await files.get(key);
      return bytes && decoder.decode(bytes);
    },
    set: files.set,
  };
}

/**
 * For `cache` of createComfyGen: keeps what jobs have made in a folder, a file for each, for as long as the files stay;
 * several processes may share it. The folder is made at the first write. Throws FILE_ACCESS where it can't be read or
 * written.
 */
export function folderImageCache(folder: string): ImageCache {
  return cacheFolder(folder, 'job', MAX_BYTES);
}

function cacheFolder(folder: string, extension: string, maxBytes: number) {
  // Keys are of any length and hold anything; file names must not.
  const fileOf = (key: string) => `${createHash('sha256').update(key).digest('hex')}.${extension}`;
  let swept: Promise<void> | undefined;
  return {
    async get(key: string): Promise<Uint8Array | undefined> {
      try {
        return await readBytes(join(folder, fileOf(key)), maxBytes);
      } catch (error) {
        if (ComfygenError.is(error) && error.details?.['code'] === 'ENOENT') return undefined;
        throw error;
      }
    },
    async set(key: string, content: string | Uint8Array): Promise<void> {
      swept ??= readdir(folder).then(
        (names) => sweepDrafts(folder, names),
        () => {},
      );
      await swept;
      await replaceFile(folder, fileOf(key), content);
    },
  };
}
