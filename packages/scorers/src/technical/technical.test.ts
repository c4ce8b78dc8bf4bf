import { deflateSync } from 'node:zlib';
import { ComfygenError, createCallContext, splitPrompt } from 'comfygen/plugin';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { flatArt, paint, plain, shapes, toJpeg, toPng } from '../../test/synthetic-images.ts';
import { decodeImage } from './decode-image.ts';
import { technical } from './technical.ts';

const ctx = createCallContext();
const brief = {
  prompt: 'a fox',
  negative: undefined,
  seed: 0,
  width: undefined,
  height: undefined,
  count: 1,
  parts: splitPrompt('a fox'),
  limits: {},
  options: {},
};
const score = (bytes: Uint8Array, mediaType = 'image/png', options = {}) =>
  technical(options).score({ image: { bytes, mediaType }, brief }, ctx);
const MAX = { maxPixels: 2 ** 20, maxBytes: 2 ** 24 };

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    return ComfygenError.is(error) ? error.code : `not ours: ${String(error)}`;
  }
  return undefined;
}

describe('technical', () => {
  it('scores a PNG with its measures and equal answers', async () => {
    const first = await score(toPng(shapes()));
    expect(first.value).toBeGreaterThan(0.8);
    expect(first.raw).toMatchObject({ widthPx: 96, heightPx: 96 });
    expect(first.warnings).toEqual([]);
    expect(await score(toPng(shapes()))).toEqual(first);
  });

  it('scores a JPEG about as its PNG', async () => {
    const [png, jpeg] = [
      await score(toPng(flatArt())),
      await score(toJpeg(flatArt()), 'image/jpeg'),
    ];
    expect(Math.abs(png.value - jpeg.value)).toBeLessThan(0.1);
  });

  it('says why a blank picture is worth nothing', async () => {
    const { value, evidence } = await score(toPng(plain(0, 0, 0)));
    expect(value).toBe(0);
    expect(evidence).toMatchObject({ verdict: 'blank' });
  });

  it('goes by the bytes where the media type is wrong, and says so', async () => {
    const { warnings } = await score(toPng(shapes()), 'image/jpeg');
    expect(warnings.map((warning) => warning.code)).toEqual(['media-type-mismatch']);
  });

  it('rethrows the reason of an abort', async () => {
    const reason = { why: 'enough' };
    const aborted = createCallContext({ signal: AbortSignal.abort(reason) });
    const request = { image: { bytes: toPng(shapes()), mediaType: 'image/png' }, brief };
    await expect(technical().score(request, aborted)).rejects.toBe(reason);
  });

  it('refuses unknown options', () => {
    expect(() => technical({ maxPixel: 3 } as object)).toThrow(/maxPixel/);
  });
});

describe('technical: images that are none', () => {
  const png = toPng(shapes());
  const jpeg = toJpeg(shapes());
  const webp = new TextEncoder().encode('RIFF\0\0\0\0WEBPVP8 ');

  it.each([
    ['nothing', new Uint8Array()],
    ['a text', new TextEncoder().encode('<html>')],
    ['WebP', webp],
    ['half a PNG', png.subarray(0, png.length / 2)],
    ['a PNG without its end', png.subarray(0, png.length - 12)],
    ['the header of a PNG', png.subarray(0, 20)],
    ['half a JPEG', jpeg.subarray(0, jpeg.length / 2)],
    ['the header of a JPEG', jpeg.subarray(0, 12)],
    ['a damaged PNG', png.map((byte, index) => (index === 100 ? byte ^ 0xff : byte))],
  ])('refuses %s', async (_, bytes) => {
    expect(await codeOf(score(bytes))).toBe('INVALID_IMAGE');
  });

  it.each([
    ['PNG', png],
    ['JPEG', jpeg],
  ])('refuses a %s above the limit before it is unpacked', async (_, bytes) => {
    expect(await codeOf(score(bytes, 'image/png', { maxPixels: 96 * 96 - 1 }))).toBe(
      'INVALID_IMAGE',
    );
    expect(await codeOf(score(bytes, 'image/png', { maxPixels: 96 * 96 }))).toBe(undefined);
  });

  it('refuses a PNG that unpacks to more than its size says', async () => {
    await expect(score(withData(png, new Uint8Array(50_000_000)))).rejects.toThrow(/more data/);
    await expect(score(withData(png, new Uint8Array(100)))).rejects.toThrow(/less data/);
  });

  it('refuses what would take more memory than allowed, and says how to allow it', async () => {
    const scoring = score(png, 'image/png', { maxBytes: 96 * 96 * 7 - 1 });
    await expect(scoring).rejects.toThrow(/raise maxBytes of technical/);
    expect(await codeOf(score(png, 'image/png', { maxBytes: 96 * 96 * 7 }))).toBe(undefined);
  });

  it('never throws anything but INVALID_IMAGE', async () => {
    const damage = fc.record({
      bytes: fc.constantFrom(png, jpeg),
      at: fc.nat({ max: 2000 }),
      byte: fc.nat({ max: 255 }),
      keep: fc.nat({ max: 4000 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ bytes, at, byte, keep }) => {
        const broken = bytes.slice(0, Math.max(keep, 1));
        if (at < broken.length) broken[at] = byte;
        const code = await codeOf(score(broken));
        expect([undefined, 'INVALID_IMAGE']).toContain(code);
      }),
      { numRuns: 60 },
    );
  });
});

describe('decodeImage', () => {
  it('gives back the pixels of a PNG', async () => {
    expect(await decodeImage(toPng(shapes()), MAX)).toEqual(shapes());
  });

  it('reads interlaced pictures', async () => {
    const { width, height, rgb } = shapes(45);
    const png = { width, height, data: rgb, channels: 3, depth: 8 } as const;
    const bytes = encode(png, { interlace: 'Adam7' });
    expect(await decodeImage(bytes, MAX)).toEqual(shapes(45));
    const dot = encode(
      { width: 1, height: 1, data: rgb.slice(0, 3), channels: 3 },
      { interlace: 'Adam7' },
    );
    expect((await decodeImage(dot, MAX)).rgb).toEqual(rgb.slice(0, 3));
  });

  it('reads bytes that stand inside a larger buffer', async () => {
    const png = toPng(shapes());
    const larger = new Uint8Array(png.length + 20);
    larger.set(png, 7);
    expect(await decodeImage(larger.subarray(7, 7 + png.length), MAX)).toEqual(shapes());
  });

  it('reads 16 bits, grey and transparency', async () => {
    const data = new Uint16Array([0, 65535, 65535, 65535, 32896, 65535, 0, 0]);
    const bytes = encode({ width: 2, height: 2, data, channels: 2, depth: 16 });
    const { rgb } = await decodeImage(bytes, MAX);
    expect([...rgb]).toEqual([0, 0, 0, 255, 255, 255, 128, 128, 128, 255, 255, 255]);
  });

  it.each([1, 2, 4])('reads palettes of %i bits', async (depth) => {
    const bytes = palettePng(
      depth,
      [3, 2, 1, 0].map((index) => Math.min(index, 2 ** depth - 1)),
    );
    const { rgb } = await decodeImage(bytes, MAX);
    const last = Math.min(3, 2 ** depth - 1);
    expect(rgb[0]).toBe(last * 40);
    expect([...rgb.subarray(9)]).toEqual([0, 100, 200]);
  });

  it('lays transparency over white', async () => {
    const data = new Uint8Array([255, 0, 0, 0, 255, 0, 0, 255]);
    const bytes = encode({ width: 2, height: 1, data, channels: 4, depth: 8 });
    expect([...(await decodeImage(bytes, MAX)).rgb]).toEqual([255, 255, 255, 255, 0, 0]);
  });

  it('gives a JPEG close to what went in', async () => {
    const soft = paint(64, 64, (x, y) => [x * 3, y * 3, 100]);
    const { rgb } = await decodeImage(toJpeg(soft), MAX);
    const worst = rgb.reduce((max, level, i) => Math.max(max, Math.abs(level - soft.rgb[i]!)), 0);
    expect(worst).toBeLessThan(12);
  });
});

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  return bytes;
}

const concat = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** The header of a PNG with other data behind it; checksums are left 0, nobody reads them. */
function withData(png: Uint8Array, rows: Uint8Array): Uint8Array {
  return concat(
    png.subarray(0, 33),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  );
}

/** One row of four palette indices; colour `i` is (40 i, 100, 200). */
function palettePng(depth: number, indices: number[]): Uint8Array {
  const header = new Uint8Array([0, 0, 0, 4, 0, 0, 0, 1, depth, 3, 0, 0, 0]);
  const palette = Uint8Array.from({ length: 3 * 2 ** depth }, (_, i) =>
    i % 3 === 0 ? (40 * i) / 3 : i % 3 === 1 ? 100 : 200,
  );
  const row = new Uint8Array(1 + Math.ceil((4 * depth) / 8));
  indices.forEach((index, x) => {
    const bit = x * depth;
    row[1 + (bit >> 3)]! |= index << (8 - depth - (bit & 7));
  });
  const signature = toPng(plain(0, 0, 0, 1)).subarray(0, 8);
  return concat(
    signature,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(row)),
    chunk('IEND', new Uint8Array()),
  );
}
