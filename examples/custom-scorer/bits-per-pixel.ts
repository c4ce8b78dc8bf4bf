// A scorer of your own. It passes the same suite as the built-in ones (examples.test.ts).
import { ComfygenError, defineScorer } from 'comfygen/plugin';

const PNG_SIGNATURE = 0x89504e47;
const MAX_BITS = 64;

/** Bits that a PNG needs for a pixel, 0 to 64: flat pictures compress well, busy ones do not. */
export function bitsPerPixel() {
  return defineScorer({
    name: 'bits-per-pixel',
    version: '1',
    range: [0, MAX_BITS],
    supports: { deterministic: true },
    async score({ image: { bytes } }, ctx) {
      ctx.signal.throwIfAborted();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (bytes.length < 24 || view.getUint32(0) !== PNG_SIGNATURE) {
        throw new ComfygenError('INVALID_IMAGE', 'bits-per-pixel reads PNGs only.');
      }
      const pixels = view.getUint32(16) * view.getUint32(20);
      const bits = (bytes.length * 8) / pixels;
      return { value: Math.min(bits, MAX_BITS), raw: { bits, pixels }, warnings: [] };
    },
  });
}
