import { runAtOnce } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import type { ImageBatch } from '../../model/types.ts';
import { loadIconSet } from '../art/icon-set.ts';
import { loadRasterizer, rasterize } from '../art/rasterize.ts';
import { BASIS, CHANNELS, PATCH } from './basis.ts';
import { createVae } from './vae.ts';

const vae = createVae();

function paint(side: number, colour: (x: number, y: number) => number[]): ImageBatch {
  const data = new Float32Array(side * side * 3);
  for (let i = 0; i < side * side; i++) data.set(colour(i % side, Math.floor(i / side)), i * 3);
  return { count: 1, height: side, width: side, data };
}

/** Of a picture that went through the codec, in decibels. */
function psnr(image: ImageBatch): number {
  const { data } = runAtOnce(vae.decode(runAtOnce(vae.encode(image))));
  const error = data.reduce((sum, value, i) => sum + (value - (image.data[i] as number)) ** 2, 0);
  return 10 * Math.log10(data.length / error);
}

describe('the codec', () => {
  it('has orthonormal patterns', () => {
    for (let a = 0; a < CHANNELS; a++) {
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let i = 0; i < PATCH; i++) {
          dot += (BASIS[a * PATCH + i] as number) * (BASIS[b * PATCH + i] as number);
        }
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 6);
      }
    }
  });

  it('keeps even colours exactly', () => {
    const image = paint(16, () => [0.2, 0.7, 0.9]);
    runAtOnce(vae.decode(runAtOnce(vae.encode(image)))).data.forEach((value, i) => {
      expect(value).toBeCloseTo(image.data[i] as number, 5);
    });
  });

  it('is linear about grey', () => {
    const [a, b] = [
      paint(16, (x, y) => [x / 15, y / 15, 0.5]),
      paint(16, (x) => [0.3, x / 30, 0.6]),
    ];
    const middle = { ...a, data: a.data.map((value, i) => (value + (b.data[i] as number)) / 2) };
    const [za, zb, zm] = [a, b, middle].map((image) => runAtOnce(vae.encode(image)).data);
    zm?.forEach((value, i) => {
      expect(value).toBeCloseTo(((za?.[i] as number) + (zb?.[i] as number)) / 2, 5);
    });
  });

  it('keeps emoji that the patterns were not computed from', async () => {
    await loadRasterizer();
    const set = await loadIconSet('noto');
    const { data } = runAtOnce(rasterize(set.svg('hedgehog'), 256));
    const image = paint(256, (x, y) => {
      const at = (y * 256 + x) * 4;
      const clear = 1 - (data[at + 3] as number);
      return [0, 1, 2].map((c) => (data[at + c] as number) + clear);
    });
    expect(psnr(image)).toBeGreaterThan(32);
  });

  it('keeps pictures that are no emoji, the coarser they are the better', () => {
    const waves = (period: number) =>
      paint(128, (x, y) => [
        0.5 + 0.4 * Math.sin((x * 6.28) / period),
        0.5 + 0.4 * Math.sin(((x + y) * 6.28) / period),
        0.5 + 0.4 * Math.cos((y * 6.28) / period),
      ]);
    expect(psnr(waves(64))).toBeGreaterThan(45);
    expect(psnr(waves(16))).toBeGreaterThan(28);
    expect(psnr(waves(16))).toBeGreaterThan(psnr(waves(6)));
  });

  it('crops to whole cells around the middle', () => {
    const { shape } = runAtOnce(
      vae.encode({ count: 1, height: 21, width: 30, data: new Float32Array(1890) }),
    );
    expect(shape).toEqual([1, CHANNELS, 2, 3]);
  });

  it('previews a latent by its colours', () => {
    const { width, height, rgb } = vae.preview(runAtOnce(vae.encode(paint(16, () => [1, 0.5, 0]))));
    expect([width, height, ...rgb.slice(0, 3)]).toEqual([2, 2, 255, 128, 0]);
  });

  it('smooths small steps between cells where it deblocks, and leaves edges', () => {
    const step = (height: number) =>
      paint(16, (x) => (x < 8 ? [0.5, 0.5, 0.5] : [0.5 + height, 0.5, 0.5]));
    const across = (image: ImageBatch) => [image.data[7 * 3], image.data[8 * 3]].map(Number);
    const soft = createVae({ deblock: true });
    const [a = 0, b = 0] = across(runAtOnce(soft.decode(runAtOnce(soft.encode(step(0.08))))));
    expect(b - a).toBeCloseTo(0.04, 4);
    const [c = 0, d = 0] = across(runAtOnce(soft.decode(runAtOnce(soft.encode(step(0.4))))));
    expect(d - c).toBeCloseTo(0.4, 4);
  });
});
