import { createRandom } from 'comfygen/plugin';
import { encode } from 'fast-png';
import jpeg from 'jpeg-js';
import type { Pixels } from '../src/technical/image.ts';

type Painter = (x: number, y: number) => readonly [r: number, g: number, b: number];

/** A picture from a function of place. */
export function paint(width: number, height: number, painter: Painter): Pixels {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rgb.set(painter(x, y).map(Math.round), (y * width + x) * 3);
  }
  return { width, height, rgb };
}

/** One colour everywhere. */
export const plain = (r: number, g: number, b: number, size = 96) =>
  paint(size, size, () => [r, g, b]);

/** Bright discs on a dark ground with hard edges: a stand-in for a picture with shapes. */
export const shapes = (size = 96) =>
  paint(size, size, (x, y) => {
    const inDisc = Math.hypot((x % 32) - 16, (y % 32) - 16) < 10;
    return inDisc ? [220, 180, 60 + x] : [40, 60 + y / 2, 90];
  });

/** An emoji as flat art has it: three colours, hard edges, a white ground. */
export const flatArt = (size = 96) =>
  paint(size, size, (x, y) => {
    const radius = Math.hypot(x - size / 2, y - size / 2);
    if (radius > size / 3) return [255, 255, 255];
    return radius > size / 6 ? [250, 200, 40] : [120, 60, 20];
  });

/** The mean over a square of `2 · radius + 1` pixels. */
export function blur({ width, height, rgb }: Pixels, radius: number): Pixels {
  const at = (x: number, y: number, c: number) => {
    const cx = Math.min(Math.max(x, 0), width - 1);
    const cy = Math.min(Math.max(y, 0), height - 1);
    return rgb[(cy * width + cx) * 3 + c]!;
  };
  const mean = (x: number, y: number, c: number) => {
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy += 1) {
      for (let dx = -radius; dx <= radius; dx += 1) sum += at(x + dx, y + dy, c);
    }
    return sum / (2 * radius + 1) ** 2;
  };
  return paint(width, height, (x, y) => [mean(x, y, 0), mean(x, y, 1), mean(x, y, 2)]);
}

/** Grey Gaussian noise of `sigma` levels on top. */
export function addNoise({ width, height, rgb }: Pixels, sigma: number): Pixels {
  const random = createRandom(7);
  return paint(width, height, (x, y) => {
    const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const i = (y * width + x) * 3;
    const clamp = (value: number) => Math.min(Math.max(value + sigma * gauss, 0), 255);
    return [clamp(rgb[i]!), clamp(rgb[i + 1]!), clamp(rgb[i + 2]!)];
  });
}

/** Random colours, pixel by pixel. */
export function bareNoise(size = 96): Pixels {
  const random = createRandom(11);
  return paint(size, size, () => [255 * random(), 255 * random(), 255 * random()]);
}

/** The bytes of a PNG. */
export const toPng = ({ width, height, rgb }: Pixels): Uint8Array =>
  encode({ width, height, data: rgb, channels: 3, depth: 8 });

/** The bytes of a JPEG of quality 90. */
export function toJpeg({ width, height, rgb }: Pixels): Uint8Array {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i += 1) data.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
  return new Uint8Array(jpeg.encode({ width, height, data }, 90).data);
}
