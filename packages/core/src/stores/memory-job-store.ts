import type { JobEntry, JobStore } from '../spec/index.ts';

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
