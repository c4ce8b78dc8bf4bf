/** Draws from 0 up to 1, the same for the same seed on every machine (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different whole numbers below `limit`, in rising order; all of them where there are no more. */
export function drawIndices(limit: number, count: number, random: () => number): number[] {
  const all = Array.from({ length: limit }, (_, index) => index);
  for (let at = 0; at < Math.min(count, limit); at += 1) {
    const other = at + Math.floor(random() * (limit - at));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all.slice(0, count).sort((a, b) => a - b);
}
