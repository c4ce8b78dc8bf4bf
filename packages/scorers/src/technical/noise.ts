import type { Work } from 'comfygen/plugin';
import type { Luminance } from './luminance.ts';

/**
 * Standard deviation of Gaussian noise in luminance levels, estimated with the mask 1 −2 1, −2 4 −2,
 * 1 −2 1 (Immerkær 1996). Fine texture and hard edges read as noise too. 0 where a side is below 3.
 */
export function* noiseSigma({ width, height, values: v }: Luminance): Work<number> {
  if (width < 3 || height < 3) return 0;
  let sum = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const a = (y - 1) * width + x;
      const b = a + width;
      const c = b + width;
      const corners = v[a - 1]! + v[a + 1]! + v[c - 1]! + v[c + 1]!;
      const sides = v[a]! + v[b - 1]! + v[b + 1]! + v[c]!;
      sum += Math.abs(corners - 2 * sides + 4 * v[b]!);
    }
    yield;
  }
  return (Math.sqrt(Math.PI / 2) * sum) / (6 * (width - 2) * (height - 2));
}
