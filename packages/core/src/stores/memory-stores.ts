import { ComfygenError } from '../errors/comfygen-error.ts';
import type { JobEntry, JobStore, RecordStore, RunRecord, TextCache } from '../spec/index.ts';
import { atBorder } from '../util/at-border.ts';
import { copyGraph } from '../util/copy-graph.ts';
import { isObject } from '../util/is-object.ts';
import { noSuchRun, verdictsNotIn } from './verdicts.ts';

/** Keeps job references in memory, so a crash loses them; the newest `limit` (default 1,000) are kept. */
export function memoryJobStore({ limit = 1_000 }: { limit?: number | undefined } = {}): JobStore {
  const entries = new Map<string, JobEntry>();
  return {
    async put(entry) {
      const copy = copyOf(entry, 'planId', 'The job');
      entries.set(copy.planId, copy);
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
      const copy = copyOf(record, 'runId', 'The record');
      const kept = records.get(copy.runId)?.feedback;
      if (kept) copy.feedback = [...kept, ...verdictsNotIn(kept, copy.feedback)];
      records.set(copy.runId, copy);
      for (const oldest of records.keys()) {
        if (records.size <= limit) break;
        records.delete(oldest);
      }
    },
    async addFeedback(runId, verdict) {
      const record = records.get(runId);
      if (!record) throw noSuchRun(runId);
      record.feedback.push(copyOf(verdict, 'value', 'The verdict'));
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

/** A copy that shares nothing with what was given. @throws INVALID_RECORD for what can't be kept under this name */
function copyOf<T, K extends keyof T>(value: T, name: K, what: string): T {
  const copy = atBorder('INVALID_RECORD', what, () => copyGraph(value, 5));
  if (isObject(copy) && copy[name as string] !== undefined) return copy;
  throw new ComfygenError('INVALID_RECORD', `${what} has no ${String(name)}.`);
}
