import type { RecordStore, RunRecord } from '../spec/index.ts';
import { createJsonFolder, type FolderStoreOptions } from './json-folder.ts';

/**
 * Keeps run records in a folder, a JSON file each, for as long as the files stay. Several processes may share
 * it. A damaged file is left out of `list` and reported; `get` of it throws INVALID_RECORD.
 * Throws FILE_ACCESS where the folder can't be read or written, the disk being full included: the record
 * that was there stays.
 */
export function folderRecordStore(folder: string, options: FolderStoreOptions = {}): RecordStore {
  const files = createJsonFolder(folder, { noun: 'record', is: isRecord }, options);
  return {
    append: (record) => files.write(record.runId, record),
    get: (runId) => files.read(runId),
    list: () => files.list(),
  };
}

function isRecord(value: unknown): value is RunRecord {
  const { schema, runId, images, feedback } = (value ?? {}) as Partial<RunRecord>;
  return (
    schema === 'comfygen/record@1' &&
    typeof runId === 'string' &&
    Array.isArray(images) &&
    Array.isArray(feedback)
  );
}
