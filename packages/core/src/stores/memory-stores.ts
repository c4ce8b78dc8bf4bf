import type { JobEntry, JobStore, RecordStore, RunRecord, TextCache } from '../spec/index.ts';
import { noSuchRun, verdictsNotIn } from './verdicts.ts';

/** Keeps job references in memory, so a crash loses them; the newest `limit` (default 1,000) are kept. */
export function memoryJobStore({ limit = 1_000 }: { limit?: number | undefined } = {}): JobStore {
  const entries = new Map<string, JobEntry>();
  return {
    async put(entry) {
      entries.set(entry.planId, structuredClone(entry));
      for (const oldest of entries.keys()) {
        if (entries.size <= limit) break;
        entries.delete(oldest);
      }
    },
    async get(planId) {
      return structuredClone(entries.get(planId));
    },
    async *list() {
      for (const entry of [...entries.values()]) yield structuredClone(entry);
    },
    async delete(planId) {
      entries.delete(planId);
    },
  };
}

/** Keeps the newest records in memory; copies go in and out. `limit` defaults to 1,000. */
export function memoryRecordStore({
  limit = 1_000,
}: {
  limit?: number | undefined;
} = {}): RecordStore {
  const records = new Map<string, RunRecord>();
  return {
    async append(record) {
      const copy = structuredClone(record);
      const kept = records.get(record.runId)?.feedback;
      if (kept) copy.feedback = [...kept, ...verdictsNotIn(kept, copy.feedback)];
      records.set(record.runId, copy);
      for (const oldest of records.keys()) {
        if (records.size <= limit) break;
        records.delete(oldest);
      }
    },
    async addFeedback(runId, verdict) {
      const record = records.get(runId);
      if (!record) throw noSuchRun(runId);
      record.feedback.push(structuredClone(verdict));
    },
    async get(runId) {
      return structuredClone(records.get(runId));
    },
    async *list() {
      for (const record of [...records.values()]) yield structuredClone(record);
    },
  };
}

/** Keeps the texts that were asked for last in memory. `limit` defaults to 1,000. */
export function memoryTextCache({ limit = 1_000 }: { limit?: number | undefined } = {}): TextCache {
  const texts = new Map<string, string>();
  const keep = (key: string, text: string) => {
    texts.delete(key);
    texts.set(key, text);
  };
  return {
    async get(key) {
      const text = texts.get(key);
      if (text !== undefined) keep(key, text);
      return text;
    },
    async set(key, text) {
      keep(key, text);
      for (const oldest of texts.keys()) {
        if (texts.size <= limit) break;
        texts.delete(oldest);
      }
    },
  };
}
