import type { RecordStore, RunRecord } from '../spec/index.ts';

/** Keeps the newest records in memory; copies go in and out. `limit` defaults to 1,000. */
export function memoryRecordStore({
  limit = 1_000,
}: {
  limit?: number | undefined;
} = {}): RecordStore {
  const records = new Map<string, RunRecord>();
  return {
    async append(record) {
      records.set(record.runId, structuredClone(record));
      for (const oldest of records.keys()) {
        if (records.size <= limit) break;
        records.delete(oldest);
      }
    },
    async get(runId) {
      return structuredClone(records.get(runId));
    },
    async *list() {
      for (const record of [...records.values()]) yield structuredClone(record);
    },
  };
}
