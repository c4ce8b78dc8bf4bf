import { join } from 'node:path';
import type { JobStore, RecordStore, TextCache } from '../../packages/core/src/index.ts';
import {
  type DamagedFile,
  folderJobStore,
  folderRecordStore,
  folderTextCache,
  sqliteStore,
} from '../../packages/core/src/node/index.ts';

/** The two kinds of stores that processes can share. */
export const STORE_KINDS = ['sqlite', 'folder'] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** The stores of one place. */
export interface Stores {
  records: RecordStore & Required<Pick<RecordStore, 'addFeedback'>>;
  jobs: JobStore;
  texts: TextCache;
}

/** Opens the stores of a place, as each process does for itself. */
export function openStores(
  kind: StoreKind,
  place: string,
  onDamaged?: (file: DamagedFile) => void,
): Stores {
  if (kind === 'sqlite') return sqliteStore(join(place, 'store.db'), { onDamaged });
  return {
    records: folderRecordStore(join(place, 'records'), { onDamaged }),
    jobs: folderJobStore(join(place, 'jobs'), { onDamaged }),
    texts: folderTextCache(join(place, 'texts')),
  };
}

/** One thing that a store said it keeps. */
export type Kept =
  | ['record', runId: string]
  | ['verdict', runId: string, note: string]
  | ['job', planId: string, state: 'queued' | 'succeeded' | 'gone']
  | ['text', key: string];

/** Whether it is there. */
export async function isKept(stores: Stores, [kind, id, more]: Kept): Promise<boolean> {
  if (kind === 'record') return (await stores.records.get(id)) !== undefined;
  if (kind === 'text') return (await stores.texts.get(id)) === textOf(id);
  if (kind === 'job') return ((await stores.jobs.get(id))?.state ?? 'gone') === more;
  const record = await stores.records.get(id);
  return record?.feedback.some(({ note }) => note === more) ?? false;
}

/** The text that is kept under a key. */
export const textOf = (key: string): string => `${key} `.repeat(500);
