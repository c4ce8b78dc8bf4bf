import basis from './basis.data.json' with { type: 'json' };

/** Pixels on a latent cell's side. */
export const CELL = 8;
/** Numbers in one cell of pixels. */
export const PATCH = CELL * CELL * 3;
/** Channels of a latent. */
export const CHANNELS = 64;

/**
 * The codec's patterns, `[64, 8, 8, 3]`, orthonormal. The first three are constant: lightness, then
 * two of hue. The others are the directions in which patches of emoji art vary most.
 */
export const BASIS: Float32Array = decodeBasis(basis.patterns);

function decodeBasis(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}
