import type { SelectorRequest } from 'comfygen/plugin';

/**
 * A number from 0 to below 1 that the request decides: same request and seed, same number; another prompt,
 * image seed or choice seed, an unrelated one.
 */
export function drawUniform({ brief, choiceSeed }: SelectorRequest): number {
  const text = JSON.stringify([choiceSeed, String(brief.seed), brief.prompt]);
  const high = mix(hash(text, 0x811c9dc5)) >>> 5;
  const low = mix(hash(text, 0x9747b28c)) >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}

/** The index of the chance that a number from 0 to below 1 falls on. */
export function placeOf(chances: readonly number[], uniform: number): number {
  let passed = 0;
  for (const [place, chance] of chances.entries()) {
    passed += chance;
    if (uniform < passed) return place;
  }
  // The sum may stay below 1 by rounding: then the last that could be drawn.
  return chances.findLastIndex((chance) => chance > 0);
}

/** FNV-1a over UTF-16 units. */
function hash(text: string, seed: number): number {
  let state = seed;
  for (let at = 0; at < text.length; at += 1) {
    state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  }
  return state;
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(state: number): number {
  let bits = state;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
