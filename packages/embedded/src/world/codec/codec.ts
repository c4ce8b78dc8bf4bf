import { BASIS, CHANNELS, PATCH } from './basis.ts';

/**
 * Latent units per unit of pixel value. Small enough that the choice of a drawing falls into the
 * middle of the noise range of Stable Diffusion's table (0.03 to 14.6), not to its first step.
 */
export const SCALE = 0.16;
/** The pixel value of a latent of zeros. */
export const GREY = 0.5;

/** Writes the latent of one cell of `PATCH` pixel values (relative to grey), channel by channel `stride` apart. */
export function encodeCell(
  patch: Float32Array,
  out: Float32Array,
  at: number,
  stride: number,
): void {
  // All patterns but the first three add up to nothing over an even cell.
  const channels = isEven(patch) ? 3 : CHANNELS;
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * PATCH;
    let sum = 0;
    for (let i = 0; i < PATCH; i++) sum += (BASIS[start + i] as number) * (patch[i] as number);
    out[at + channel * stride] = sum * SCALE;
  }
}

function isEven(patch: Float32Array): boolean {
  for (let i = 3; i < PATCH; i++) if (patch[i] !== patch[i - 3]) return false;
  return true;
}

/** The pixel values of one cell (relative to grey) of a latent `[channel]` at `stride`. */
export function decodeCell(
  latent: Float32Array,
  at: number,
  stride: number,
  patch: Float32Array,
): void {
  patch.fill(0);
  for (let channel = 0; channel < CHANNELS; channel++) {
    const value = (latent[at + channel * stride] as number) / SCALE;
    if (value === 0) continue;
    const start = channel * PATCH;
    for (let i = 0; i < PATCH; i++) {
      patch[i] = (patch[i] as number) + value * (BASIS[start + i] as number);
    }
  }
}

/** How a constant colour is encoded: the first three channels per unit of red, green and blue. */
export const CONSTANT: readonly Float32Array[] = [0, 1, 2].map((channel) =>
  [0, 1, 2].reduce((out, colour) => {
    let sum = 0;
    for (let i = colour; i < PATCH; i += 3) sum += BASIS[channel * PATCH + i] as number;
    out[colour] = sum * SCALE;
    return out;
  }, new Float32Array(3)),
);
