import { createRandom, runAtOnce } from 'comfygen/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addNoise,
  bareNoise,
  blur,
  flatArt,
  paint,
  plain,
  shapes,
} from '../../test/synthetic-images.ts';
import { calibrate } from './calibrate.ts';
import type { Pixels } from './image.ts';
import { measure as measuring } from './measure.ts';

const measure = (pixels: Pixels) => runAtOnce(measuring(pixels));
const value = (pixels: Pixels) => calibrate(measure(pixels)).value;

describe('measures with known values', () => {
  it('gives M of half red, half green by hand', () => {
    // rg is ±255: mean 0, deviation 255. yb is 127.5 everywhere: 255 + 0.3 · 127.5.
    const halves = paint(64, 64, (x) => (x < 32 ? [255, 0, 0] : [0, 255, 0]));
    expect(measure(halves).colourfulness).toBeCloseTo(255 + 0.3 * 127.5, 3);
    expect(measure(plain(90, 90, 90)).colourfulness).toBe(0);
    expect(measure(plain(255, 0, 0)).colourfulness).toBeCloseTo(0.3 * Math.hypot(255, 127.5), 3);
  });

  it('gives the Laplacian variance of a checkerboard by hand', () => {
    // Each pixel differs by 100 from its four neighbours: the Laplacian is ±400.
    const board = paint(66, 66, (x, y) => ((x + y) % 2 === 0 ? [50, 50, 50] : [150, 150, 150]));
    expect(measure(board).laplacianVariance).toBeCloseTo(160_000, -1);
  });

  it('gives 0 for the Laplacian and a constant for Tenengrad of a ramp', () => {
    const ramp = paint(64, 64, (x) => [2 * x, 2 * x, 2 * x]);
    expect(measure(ramp).laplacianVariance).toBeCloseTo(0, 6);
    // Sobel on a slope of 2 a pixel: 8 · 2 = 16.
    expect(measure(ramp).tenengrad).toBeCloseTo(256, 2);
    expect(measure(ramp).edgeWidthPx).toBeCloseTo(63, 6);
  });

  it.each([1, 4, 9])('gives the width of an edge of %i pixels', (width) => {
    const edge = paint(64, 64, (x) => {
      const level = 40 + 160 * Math.min(Math.max((x - 20) / width, 0), 1);
      return [level, level, level];
    });
    expect(measure(edge).edgeWidthPx).toBeCloseTo(width, 6);
  });

  it.each([3, 8, 16])('estimates noise of %i levels within a tenth', (sigma) => {
    const { noiseSigma } = measure(addNoise(plain(128, 128, 128, 192), sigma));
    expect(Math.abs(noiseSigma - sigma) / sigma).toBeLessThan(0.1);
  });

  it('gives contrast, clipping and entropy of half black, half white', () => {
    const halves = paint(64, 64, (x) => (x < 32 ? [0, 0, 0] : [255, 255, 255]));
    expect(measure(halves)).toMatchObject({ clippedLow: 0.5, clippedHigh: 0.5, entropy: 1 });
    expect(measure(halves).contrastRms).toBeCloseTo(0.5, 6);
    expect(measure(halves).contrastRange).toBeCloseTo(1, 6);
  });

  it('says nothing of edges where there are none', () => {
    expect(measure(plain(10, 20, 30))).not.toHaveProperty('edgeWidthPx');
  });
});

describe('calibration', () => {
  it('puts a sharp picture before a blurred one, and that before a very blurred one', () => {
    const [sharp, soft, softer] = [
      value(shapes()),
      value(blur(shapes(), 2)),
      value(blur(shapes(), 5)),
    ];
    expect(sharp).toBeGreaterThan(soft);
    expect(soft).toBeGreaterThan(softer);
  });

  it('puts a clean picture before a noisy one, and that before a very noisy one', () => {
    const [clean, noisy, noisier] = [8, 20, 45].map((sigma) => value(addNoise(shapes(), sigma)));
    expect(clean).toBeGreaterThan(noisy!);
    expect(noisy).toBeGreaterThan(noisier!);
  });

  it('puts full contrast before a veil', () => {
    const veiled = { ...shapes(), rgb: shapes().rgb.map((level) => 120 + level / 16) };
    expect(value(shapes())).toBeGreaterThan(value(veiled));
  });

  it('puts a picture before its overexposed copy', () => {
    const burnt = { ...shapes(), rgb: shapes().rgb.map((level) => Math.min(255, level * 6)) };
    expect(measure(burnt).clippedHigh).toBeGreaterThan(measure(shapes()).clippedHigh);
    expect(value(shapes())).toBeGreaterThan(value(burnt));
  });

  it('takes flat art on white for a good picture', () => {
    expect(value(flatArt())).toBeGreaterThan(0.9);
    expect(calibrate(measure(flatArt())).verdict).toBe('ok');
  });

  it.each([
    ['black', plain(0, 0, 0)],
    ['white', plain(255, 255, 255)],
    ['a colour', plain(200, 30, 30)],
    ['a colour with rounding', paint(64, 64, (x) => [100, 100 + (x % 2), 100])],
  ])('gives 0 to a picture that is only %s', (_, pixels) => {
    expect(calibrate(measure(pixels))).toMatchObject({ verdict: 'blank', value: 0 });
  });

  it('gives 0 to bare noise', () => {
    expect(calibrate(measure(bareNoise()))).toMatchObject({ verdict: 'noise', value: 0 });
  });

  it('stays from 0 to 1 with finite measures on any pixels', () => {
    const arbitrary = fc.record({
      width: fc.integer({ min: 1, max: 12 }),
      height: fc.integer({ min: 1, max: 12 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(arbitrary, ({ width, height, seed }) => {
        const random = createRandom(seed);
        const measures = measure(
          paint(width, height, () => [255 * random(), 255 * random(), 255 * random()]),
        );
        expect(Object.values(measures).every(Number.isFinite)).toBe(true);
        const { value } = calibrate(measures);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });
});
