import type { JobEntry, JobStore } from '../spec/index.ts';
import { createJsonFolder, type FolderStoreOptions } from './json-folder.ts';

/**
 * Keeps references of jobs in a folder, a JSON file each, so that another process can go on with them after a
 * crash. Several processes may share it. A damaged file is left out of `list` and reported; `get` of it
 * throws INVALID_RECORD. Throws FILE_ACCESS where the folder can't be read or written.
 */
export function folderJobStore(folder: string, options: FolderStoreOptions = {}): JobStore {
  const files = createJsonFolder(folder, { noun: 'job', is: isEntry }, options);
  return {
    put: (entry) => files.write(entry.planId, entry),
    get: (planId) => files.read(planId),
    list: () => files.list(),
    delete: (planId) => files.remove(planId),
  };
}

function isEntry(value: unknown): value is JobEntry {
  const { ref, planId, state } = (value ?? {}) as Partial<JobEntry>;
  return (
    typeof planId === 'string' &&
    typeof state === 'string' &&
    typeof ref?.id === 'string' &&
    typeof ref.executor === 'string'
  );
}
