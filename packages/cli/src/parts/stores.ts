import { statSync } from 'node:fs';
import { extname } from 'node:path';
import type { ImageCache, JobStore, RecordStore } from 'comfygen';
import type { SqliteStore, StoreOptions } from 'comfygen/node';

/** Where what a command keeps lies, in the folder where it is started. */
export const USUAL_STORE = '.comfygen/comfygen.db';

/** Where `--cache` keeps what jobs have made. */
export const USUAL_CACHE = '.comfygen/cache';

/** Whether a path names one file for everything; a folder that is there is one, whatever its name. */
const isOneFile = (path: string): boolean =>
  ['.db', '.sqlite', '.sqlite3'].includes(extname(path).toLowerCase()) && !isFolder(path);

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The records at a path: in the SQLite file where it ends in .db or .sqlite, else in a folder. */
export async function openRecords(path: string, options: StoreOptions = {}): Promise<RecordStore> {
  if (isOneFile(path)) return (await openFile(path, options)).records;
  return (await import('comfygen/node')).folderRecordStore(path, options);
}

/** The references of jobs at a path: in the SQLite file where it ends in .db or .sqlite, else in a folder. */
export async function openJobStore(path: string, options: StoreOptions): Promise<JobStore> {
  if (isOneFile(path)) return (await openFile(path, options)).jobs;
  return (await import('comfygen/node')).folderJobStore(path, options);
}

/** What jobs have made, in a folder. */
export async function openCache(folder: string): Promise<ImageCache> {
  return (await import('comfygen/node')).folderImageCache(folder);
}

const open = new Set<SqliteStore>();

async function openFile(path: string, options: StoreOptions): Promise<SqliteStore> {
  const { sqliteStore } = await import('comfygen/node');
  const store = sqliteStore(path, options);
  open.add(store);
  return store;
}

/** Closes the files that were opened, so that nothing lies beside them. */
export function closeStores(): void {
  for (const store of open) store.close();
  open.clear();
}
