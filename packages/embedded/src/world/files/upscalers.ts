import type { Work } from 'comfygen/plugin';
import { resizeGrid } from '../../image/resize.ts';
import type { ImageBatch, UpscaleModel } from '../../model/types.ts';

interface UpscalerFile {
  readonly scale: 2 | 4;
  /** How much finer lines become than an even enlargement leaves them; 0 keeps it even. */
  readonly sharpness: number;
}

const FILES: Readonly<Record<string, UpscalerFile>> = {
  'emoji-smooth-2x.pth': { scale: 2, sharpness: 0 },
  'emoji-upscale-2x.pth': { scale: 2, sharpness: 0.9 },
  'emoji-upscale-4x.pth': { scale: 4, sharpness: 0.9 },
};

/** File names of upscaling models. */
export const UPSCALER_NAMES = Object.keys(FILES).sort();

/** An upscaling model by file name. */
export function findUpscaler(
  name: string,
): (UpscaleModel & { upscale(image: ImageBatch): Work<ImageBatch> }) | undefined {
  const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (file === undefined) return undefined;
  return {
    name,
    scale: file.scale,
    *upscale(image) {
      const once = yield* enlarge(image, file.sharpness);
      return file.scale === 4 ? yield* enlarge(once, file.sharpness) : once;
    },
  };
}

function* enlarge({ count, height, width, data }: ImageBatch, sharpness: number): Work<ImageBatch> {
  const grid = { outer: count, height, width, inner: 3, data };
  const method = sharpness > 0 ? 'bicubic' : 'bilinear';
  const even = yield* resizeGrid(grid, width * 2, height * 2, method);
  const out = { count, height: height * 2, width: width * 2, data: even.data };
  return sharpness > 0 ? yield* sharpen(out, sharpness) : out;
}

/** Pushes each pixel away from the mean around it, never beyond its neighbours: edges get steep without halos. */
function* sharpen({ count, height, width, data }: ImageBatch, amount: number): Work<ImageBatch> {
  const out = new Float32Array(data.length);
  const line = width * 3;
  for (let y = 0; y < count * height; y++) {
    yield;
    const inPicture = y % height;
    const up = inPicture === 0 ? 0 : -line;
    const down = inPicture === height - 1 ? 0 : line;
    for (let i = 0; i < line; i++) {
      const left = i < 3 ? 0 : -3;
      const right = i >= line - 3 ? 0 : 3;
      let [sum, low, high] = [0, 1, 0];
      for (const dy of [up, 0, down]) {
        for (const dx of [left, 0, right]) {
          const value = data[y * line + i + dy + dx] as number;
          sum += value;
          if (value < low) low = value;
          if (value > high) high = value;
        }
      }
      const at = y * line + i;
      const value = data[at] as number;
      const pushed = value + amount * (value - sum / 9) * 2;
      out[at] = Math.min(high, Math.max(low, pushed));
    }
  }
  return { count, height, width, data: out };
}
