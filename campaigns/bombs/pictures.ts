import { deflateSync } from 'node:zlib';
import { joinPng, type PngChunk, pngHeader } from '../../packages/core/src/testing/picture.ts';

type Random = () => number;

const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A picture of a kind that a hostile server or upload might send. */
export interface Bomb {
  kind: string;
  bytes: Uint8Array;
}

/** The next picture of a random source. */
export function randomBomb(random: Random): Bomb {
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
  const kind = kinds[Math.floor(random() * kinds.length)]!;
  return { kind, bytes: KINDS[kind](random) };
}

const KINDS = {
  'a large PNG that is almost nothing': (random: Random) => {
    const side = 1000 + Math.floor(random() * 9000);
    return png(side, side, pick(random, [1, 8]), 0, 0);
  },
  'a large PNG of 16 bits': (random: Random) => {
    const side = 500 + Math.floor(random() * 7500);
    return png(side, Math.ceil(side / 4), 16, 6, 0);
  },
  'a large palette': (random: Random) => png(4000, Math.ceil(6000 * random()), 8, 3, 0),
  'an interlaced PNG': (random: Random) => {
    const side = 1 + Math.floor(random() * 3000);
    return png(side, side, 8, pick(random, [0, 2, 6]), 1);
  },
  'a header that lies upwards': (random: Random) => withSize(small(), 2 ** (9 + random() * 22)),
  'a header that lies downwards': () => withSize(png(3000, 3000, 8, 2, 0), 4),
  'more data than pixels': (random: Random) =>
    joinPng([pngHeader(9, 9, 8, 2), ['IDAT', deflateSync(Buffer.alloc(1e6 + random() * 4e7))]]),
  'texts that inflate': (random: Random) => {
    const text = deflateSync(Buffer.alloc(1e6 + random() * 4e7, 65));
    const before = Buffer.from('prompt\0\0');
    return joinPng([
      pngHeader(9, 9, 8, 0),
      ['zTXt', Buffer.concat([before, text])],
      ['iTXt', Buffer.concat([Buffer.from('workflow\0\x01\0\0\0'), text])],
      ['iCCP', Buffer.concat([before, text])],
      ['IDAT', deflateSync(Buffer.alloc(90))],
    ]);
  },
  'an animation': (random: Random) => {
    const frame = Buffer.concat([Buffer.alloc(4), deflateSync(Buffer.alloc(1e7))]);
    const frames = Array.from(
      { length: Math.floor(random() * 300) },
      (): PngChunk => ['fdAT', frame],
    );
    return joinPng([
      pngHeader(9, 9, 8, 0),
      ['acTL', Buffer.alloc(8, 255)],
      ['IDAT', deflateSync(Buffer.alloc(90))],
      ...frames,
    ]);
  },
  'many empty chunks': (random: Random) => {
    const empty = Array.from(
      { length: random() * 200_000 },
      (): PngChunk => ['IDAT', Buffer.alloc(0)],
    );
    return joinPng([pngHeader(9, 9, 8, 0), ...empty, ['IDAT', deflateSync(Buffer.alloc(90))]]);
  },
  'a file that is cut off': (random: Random) => {
    const whole = pick(random, [png(300, 300, 8, 2, 0), jpeg(), jpeg(true)]);
    return whole.subarray(0, Math.floor(whole.length * random()));
  },
  'damaged bytes': (random: Random) => {
    const bytes = new Uint8Array(pick(random, [png(60, 60, 8, 6, 0), jpeg(), jpeg(true)]));
    for (let i = 0; i < 4; i += 1) bytes[Math.floor(random() * bytes.length)] = random() * 256;
    return bytes;
  },
  'a JPEG that lies about its size': (random: Random) =>
    withFrame(jpeg(random() < 0.5), 1 + random() * 65_534, 1 + random() * 65_534),
  'a JPEG with many scans': (random: Random) => {
    const bytes = withFrame(jpeg(true), 2000, 2000);
    const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
    const scans = Array.from({ length: 1 + random() * 3000 }, () => bytes.subarray(scan, -2));
    const padding = Buffer.alloc(30_000);
    return Buffer.concat([bytes.subarray(0, scan), ...scans, padding, Buffer.from([0xff, 0xd9])]);
  },
  'a WebP': (random: Random) =>
    Buffer.concat([
      Buffer.from('RIFF\xff\xff\xff\x7fWEBPVP8X', 'latin1'),
      Buffer.alloc(random() * 99, 255),
    ]),
};

/** A PNG of zeros. */
function png(width: number, height: number, depth: number, colour: number, interlace: number) {
  const channels = CHANNELS[colour as keyof typeof CHANNELS];
  const row = 1 + Math.ceil((width * channels * depth) / 8);
  // Of an interlaced one this is more than there is, by the rows of seven passes.
  const size = interlace ? passes(width, height, channels) : row * height;
  return joinPng([
    pngHeader(width, height, depth, colour, interlace),
    ...(colour === 3 ? [['PLTE', Buffer.alloc(768, 90)] as PngChunk] : []),
    ['IDAT', deflateSync(Buffer.alloc(size), { level: 9 })],
  ]);
}

function passes(width: number, height: number, channels: number): number {
  const steps = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  return steps.reduce((sum, [x = 0, y = 0, across = 1, down = 1]) => {
    const [columns, rows] = [Math.ceil((width - x) / across), Math.ceil((height - y) / down)];
    return columns > 0 && rows > 0 ? sum + rows * (1 + columns * channels) : sum;
  }, 0);
}

const small = () => png(8, 8, 8, 2, 0);

function withSize(bytes: Buffer, side: number): Buffer {
  bytes.writeUInt32BE(Math.floor(side), 16);
  bytes.writeUInt32BE(Math.floor(side), 20);
  return bytes;
}

function withFrame(bytes: Buffer, width: number, height: number): Buffer {
  const at = bytes.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc2].includes(bytes[i + 1]!));
  bytes.writeUInt16BE(Math.floor(height), at + 5);
  bytes.writeUInt16BE(Math.floor(width), at + 7);
  return bytes;
}

/** A grey JPEG of 8 × 8, made by hand: one table of each kind, one scan. */
function jpeg(progressive = false): Buffer {
  const segment = (marker: number, data: readonly number[]) =>
    Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255, ...data]);
  const counts = [0, 1, ...new Array<number>(14).fill(0)];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...new Array<number>(64).fill(16)]),
    segment(progressive ? 0xc2 : 0xc0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
    segment(0xc4, [0x00, ...counts, 0]),
    segment(0xc4, [0x10, ...counts, 0]),
    segment(0xda, [1, 1, 0, 0, progressive ? 0 : 63, 0]),
    Buffer.from([0x0f, 0xff, 0xd9]),
  ]);
}

const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;
