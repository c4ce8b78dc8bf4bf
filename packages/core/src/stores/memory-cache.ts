import { z } from 'zod';
import type { ImageCache } from '../spec/index.ts';
import { readAs } from '../util/read-as.ts';

/** How much a cache in memory keeps. */
export interface MemoryCacheOptions {
  /** Most runs' jobs. Default 100. */
  maxEntries?: number | undefined;
  /** Most bytes of all. Default 256 MiB; what is larger by itself is not kept. */
  maxBytes?: number | undefined;
}

const options = z.strictObject({
  maxEntries: z.int().min(1).default(100),
  maxBytes: z
    .int()
    .min(1)
    .default(2 ** 28),
} satisfies Record<keyof MemoryCacheOptions, z.ZodType>);

/** For `cache` of createComfyGen: keeps in memory what was asked for last. @throws INVALID_OPTIONS */
export function memoryCache(given: MemoryCacheOptions = {}): ImageCache {
  const as = { what: 'memoryCache', code: 'INVALID_OPTIONS' } as const;
  const { maxEntries, maxBytes } = readAs(options, given, as);
  const entries = new Map<string, Uint8Array>();
  let size = 0;
  const drop = (key: string) => {
    size -= entries.get(key)?.length ?? 0;
    entries.delete(key);
  };
  return {
    async get(key) {
      const bytes = entries.get(key);
      if (bytes === undefined) return undefined;
      // Again behind the others: what is asked for stays longest.
      entries.delete(key);
      entries.set(key, bytes);
      return bytes.slice();
    },
    async set(key, bytes) {
      drop(key);
      if (bytes.length > maxBytes) return;
      entries.set(key, bytes.slice());
      size += bytes.length;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && size <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}
