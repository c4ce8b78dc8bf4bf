import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodePng, joinPng, type PngChunk } from '../testing/picture.ts';
import { type PngInfo, readPng } from './read-png.ts';

const LIMITS = { maxPixels: 1000 };
const picture = encodePng(7, 5, (x, y) => [x * 30, y * 40, 200]);

async function read(bytes: Uint8Array, limits = LIMITS) {
  const rows: { at: number[]; samples: number[] }[] = [];
  let header: PngInfo | undefined;
  await readPng(bytes, limits, (info) => {
    header = info;
    return ({ y, x, step, count, samples }) => {
      rows.push({
        at: [y, x, step, count],
        samples: [...samples.subarray(0, count * info.channels)],
      });
    };
  });
  return { info: header as PngInfo, rows };
}

const png = ([width, height, ...more]: number[], ...chunks: PngChunk[]) =>
  joinPng([['IHDR', Uint8Array.from([0, 0, 0, width!, 0, 0, 0, height!, ...more])], ...chunks]);

describe('readPng', () => {
  it('gives rows from top to bottom, with what the header says', async () => {
    const { info, rows } = await read(picture);
    expect(info).toMatchObject({ width: 7, height: 5, depth: 8, channels: 3, palette: undefined });
    expect(rows.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4].map((y) => [y, 0, 1, 7]));
    expect(rows[4]?.samples.slice(3, 6)).toEqual([30, 160, 200]);
  });

  it('undoes each filter', async () => {
    const rows = [
      [0, 10, 20, 30],
      [1, 10, 10, 10],
      [2, 1, 1, 1],
      [3, 5, 5, 5],
      [4, 1, 2, 3],
    ];
    const bytes = png([3, 5, 8, 0, 0, 0, 0], ['IDAT', deflateSync(Uint8Array.from(rows.flat()))]);
    expect((await read(bytes)).rows.map(({ samples }) => samples)).toEqual([
      [10, 20, 30],
      [10, 20, 30],
      [11, 21, 31],
      [10, 20, 30],
      [11, 22, 33],
    ]);
  });

  it('reads a palette with alpha, data in pieces, and of an animation the first picture', async () => {
    const data = deflateSync(Uint8Array.from([0, 0b0110_0000]));
    const bytes = png(
      [3, 1, 2, 3, 0, 0, 0],
      ['acTL', new Uint8Array(8)],
      ['PLTE', Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9])],
      ['tRNS', Uint8Array.from([100])],
      ['IDAT', data.subarray(0, 3)],
      ['IDAT', new Uint8Array()],
      ['IDAT', data.subarray(3)],
      ['fdAT', Uint8Array.from([1, 2, 3])],
    );
    const { info, rows } = await read(bytes);
    expect([...info.palette!]).toEqual([1, 2, 3, 100, 4, 5, 6, 255, 7, 8, 9, 255]);
    expect(rows[0]?.samples).toEqual([1, 2, 0]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a picture above the limit', encodePng(50, 21, () => [0, 0, 0]), /50 × 21.*1000/],
    ['no width', png([0, 5, 8, 0, 0, 0, 0]), /0 × 5/],
    ['a depth that its colours do not have', png([1, 1, 4, 2, 0, 0, 0]), /no known kind/],
    [
      'places without a palette',
      png([1, 1, 8, 3, 0, 0, 0], ['IDAT', deflateSync('ab')]),
      /palette/,
    ],
    ['no data', png([1, 1, 8, 0, 0, 0, 0]), /no picture/],
    [
      'less data',
      png([2, 2, 8, 0, 0, 0, 0], ['IDAT', deflateSync(Uint8Array.from([0, 1, 2]))]),
      /less data/,
    ],
    ['a bomb', png([2, 1, 8, 0, 0, 0, 0], ['IDAT', deflateSync(Buffer.alloc(1e7))]), /more data/],
    [
      'what is no deflated data',
      png([1, 1, 8, 0, 0, 0, 0], ['IDAT', Buffer.from('abc')]),
      /damaged/,
    ],
    ['a missing end', picture.subarray(0, -12), /cut off/],
  ])('refuses %s', async (_, bytes, message) => {
    const reading = read(bytes);
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    await expect(reading).rejects.toThrow(message);
  });

  it('does not look into texts and profiles', async () => {
    const bomb = Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(1e7))]);
    const data = deflateSync(Uint8Array.from([0, 9]));
    const bytes = png([1, 1, 8, 0, 0, 0, 0], ['zTXt', bomb], ['iCCP', bomb], ['IDAT', data]);
    expect((await read(bytes)).rows[0]?.samples).toEqual([9]);
  });
});
