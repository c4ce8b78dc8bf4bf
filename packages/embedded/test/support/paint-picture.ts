import type { ScorerRequest } from 'comfygen/plugin';
import { runAtOnce } from 'comfygen/plugin';
import { encodeRgbPng } from '../../src/image/png.ts';
import { type ArtSet, loadIconSet } from '../../src/world/art/icon-set.ts';
import { loadRasterizer, type Sprite } from '../../src/world/art/rasterize.ts';
import { createStudio } from '../../src/world/bank/studio.ts';
import { LORAS } from '../../src/world/files/loras.ts';
import type { Colour, Rgb } from '../../src/world/words/colours.ts';

/** A drawing on a picture. */
export interface Painted {
  name: string;
  colour?: Colour;
  set?: ArtSet;
  lora?: string;
  mirrored?: boolean;
  /** Left, top and side in pixels. Default: most of a 256-pixel picture. */
  at?: readonly [x: number, y: number, side: number];
}

interface Canvas {
  width?: number;
  height?: number;
  /** The ground from top to bottom. Default: nearly white. */
  ground?: readonly [top: Rgb, bottom: Rgb];
}

const PAPER: Rgb = [0.96, 0.965, 0.98];

/** A PNG of drawings on a ground, as the emoji world makes them, but without sampling. */
export async function paintPicture(
  things: readonly Painted[],
  { width = 256, height = 256, ground = [PAPER, PAPER] }: Canvas = {},
): Promise<ScorerRequest['image']> {
  await loadRasterizer();
  const rgb = new Float32Array(width * height * 3);
  const loras = things.flatMap(({ lora }) => (lora ? (LORAS[lora] ?? []) : []));
  for (let at = 0; at < rgb.length; at += 3) {
    const down = Math.floor(at / 3 / width) / height;
    const [top, bottom] = ground;
    const colour = top.map((value, c) => value + ((bottom[c] as number) - value) * down);
    rgb.set(loras[0]?.paintBackground(colour as unknown as Rgb) ?? colour, at);
  }
  for (const thing of things) {
    const [x, y, side] = thing.at ?? [30, 28, 200];
    lay(await draw(thing, side), x, y, rgb, width);
  }
  const bytes = encodeRgbPng(
    width,
    height,
    Uint8Array.from(rgb, (value) => Math.round(value * 255)),
  );
  return { bytes, mediaType: 'image/png' };
}

async function draw({ name, colour, set = 'noto', lora, mirrored = false }: Painted, side: number) {
  const style = lora ? LORAS[lora] : undefined;
  const studio = createStudio({
    set: await loadIconSet(set),
    ink: set === 'fluent-emoji-high-contrast',
    softness: 0,
    loras: style ? [{ lora: style, strength: 1 }] : [],
  });
  return runAtOnce(studio.draw(name, colour, mirrored, side));
}

function lay({ side, data }: Sprite, left: number, top: number, rgb: Float32Array, width: number) {
  for (let pixel = 0; pixel < side * side; pixel++) {
    const alpha = data[pixel * 4 + 3] as number;
    const at = ((top + Math.floor(pixel / side)) * width + left + (pixel % side)) * 3;
    for (let c = 0; c < 3; c++) {
      rgb[at + c] = (data[pixel * 4 + c] as number) + (1 - alpha) * (rgb[at + c] as number);
    }
  }
}
