import type { Warning } from 'comfygen/plugin';
import { LRUCache } from 'lru-cache';

/** The result of a node: its outputs and its warnings, which are repeated when the result comes from the cache. */
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
  if (maxBytes < 1) return { get: () => undefined, set: () => {}, clear: () => {} };
  const results = new LRUCache<string, NodeResult>({
    maxSize: maxBytes,
    // Every entry costs something, so that small ones cannot pile up for ever.
    sizeCalculation: ({ outputs }) => 256 + countBytes(outputs),
  });
  return {
    get: (key) => results.get(key),
    set: (key, result) => void results.set(key, result),
    clear: () => results.clear(),
  };
}

/** The bytes of pixels, latents and embeddings in a value. Models are the library's, which caches them itself. */
function countBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countBytes(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  if (Object.values(value).some((item) => typeof item === 'function')) return 0;
  return ['data', 'samples', 'noiseMask', 'embedding', 'pooled'].reduce(
    (sum, key) => sum + countBytes((value as Record<string, unknown>)[key]),
    0,
  );
}
