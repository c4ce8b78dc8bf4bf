import type { Warning } from 'comfygen/plugin';

/** What a node gave: its outputs, and what it said, which is said again when the cache answers. */
export interface NodeResult {
  outputs: readonly unknown[];
  warnings: readonly Warning[];
}

/** Results of nodes by the key of `resultKeys`; the least recently used go first. */
export interface ResultCache {
  get(key: string): NodeResult | undefined;
  set(key: string, result: NodeResult): void;
  clear(): void;
}

/** A cache that holds at most `maxBytes` of pixels, latents and embeddings. 0 keeps nothing. */
export function createResultCache(maxBytes: number): ResultCache {
  const entries = new Map<string, { result: NodeResult; bytes: number }>();
  let held = 0;
  const drop = (key: string) => {
    held -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.result;
    },
    set(key, result) {
      // Every entry costs something, so that small ones cannot pile up for ever.
      const bytes = 256 + countBytes(result.outputs);
      drop(key);
      if (bytes > maxBytes) return;
      entries.set(key, { result, bytes });
      held += bytes;
      for (const oldest of entries.keys()) {
        if (held <= maxBytes) break;
        drop(oldest);
      }
    },
    clear() {
      entries.clear();
      held = 0;
    },
  };
}

// Plain data only: models are the library's, which caches them itself.
function countBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countBytes(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  if (Object.values(value).some((item) => typeof item === 'function')) return 0;
  return ['data', 'samples', 'embedding', 'pooled'].reduce(
    (sum, key) => sum + countBytes((value as Record<string, unknown>)[key]),
    0,
  );
}
