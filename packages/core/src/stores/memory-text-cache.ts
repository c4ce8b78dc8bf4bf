import type { TextCache } from '../spec/index.ts';

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
