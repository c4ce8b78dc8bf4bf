import { createRandom } from 'comfygen/plugin';

/** Seeded draws: the same parts give the same numbers on every machine. */
export interface Random {
  /** A number from 0 to below 1. */
  next(): number;
  /** A whole number from 0 up to `limit`, without `limit`. */
  below(limit: number): number;
}

/** A 32-bit number for any parts (FNV-1a over their text). */
export function hashSeed(...parts: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.join('\u0000')) {
    hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  }
  return hash >>> 0;
}

/** Makes a generator; its seed is a hash of the parts. */
export function seedRandom(...parts: (string | number)[]): Random {
  const next = createRandom(hashSeed(...parts));
  return { next, below: (limit) => Math.floor(next() * limit) };
}

/** The items in a drawn order (Fisher–Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
