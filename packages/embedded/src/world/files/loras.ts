import type { Work } from 'comfygen/plugin';
import type { Sprite } from '../art/rasterize.ts';
import { outlineOf, pixelate } from '../art/styles.ts';
import type { EmojiLora } from '../lora.ts';
import type { Rgb } from '../words/colours.ts';

type Style = Omit<EmojiLora, 'kind' | 'name'>;

const NEON_DARK: Rgb = [0.03, 0.02, 0.09];
const PAPER: Rgb = [0.96, 0.95, 0.92];
const PENCIL = 0.22;

/** LoRAs by file name. */
export const LORAS: Readonly<Record<string, EmojiLora>> = Object.fromEntries(
  Object.entries({
    'neon.safetensors': {
      triggers: ['neon', 'glowing', 'sign', 'lights', 'cyberpunk'],
      *paint(sprite) {
        return yield* mapPixels(sprite, yield* outlineOf(sprite), glow);
      },
      paintBackground: (colour) => mix(NEON_DARK, colour, 0.06),
    },
    'pastel.safetensors': {
      triggers: ['pastel', 'soft', 'colours', 'colors', 'watercolor', 'watercolour'],
      paint: (sprite) => mapPixels(sprite, undefined, (pixel) => soften(pixel)),
      paintBackground: (colour) => mix(soften(colour), [1, 0.97, 0.95], 0.4),
    },
    'pixel-art.safetensors': {
      triggers: ['pixel', 'art', 'pixelated', 'pixels', 'sprite', '8-bit', '8bit', 'retro'],
      paint: (sprite) => pixelate(sprite, 24, 6),
      paintBackground: (colour) =>
        colour.map((value) => Math.round(value * 6) / 6) as unknown as Rgb,
    },
    'sketch.safetensors': {
      triggers: ['sketch', 'pencil', 'drawing', 'drawn', 'hand', 'line', 'lines'],
      *paint(sprite) {
        return yield* mapPixels(sprite, yield* outlineOf(sprite), hatch);
      },
      paintBackground: (colour) => mix(PAPER, grey(colour), 0.12),
    },
  } satisfies Record<string, Style>).map(([name, style]) => [
    name,
    { kind: 'emoji', name, ...style },
  ]),
);

/** Paints a drawing pixel by pixel; `edge` is 0 to 1 where the drawing's lines are. */
function* mapPixels(
  { side, data }: Sprite,
  edges: Float32Array | undefined,
  paint: (pixel: Rgb, edge: number) => Rgb,
): Work<Sprite> {
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] as number;
    out[at + 3] = alpha;
    if (at % (side * 4) === 0) yield;
    if (alpha === 0) continue;
    const pixel: Rgb = [
      (data[at] as number) / alpha,
      (data[at + 1] as number) / alpha,
      (data[at + 2] as number) / alpha,
    ];
    const painted = paint(pixel, edges?.[at / 4] ?? 0);
    for (let c = 0; c < 3; c++) out[at + c] = (painted[c] as number) * alpha;
  }
  return { side, data: out };
}

// Lines shine in the colour's pure hue, areas go almost dark.
function glow(pixel: Rgb, edge: number): Rgb {
  const top = Math.max(...pixel, 0.2);
  const low = Math.min(...pixel);
  const pure = pixel.map((value) => (value - low * 0.8) / (top - low * 0.8)) as unknown as Rgb;
  const dark = mix(NEON_DARK, pure, 0.16);
  const bright = mix(pure, [1, 1, 1], 0.15 + 0.35 * edge * edge);
  return mix(dark, bright, Math.min(1, edge * 1.5));
}

const soften = (pixel: Rgb): Rgb => mix(mix(pixel, grey(pixel), 0.3), [1, 0.98, 0.96], 0.45);

function hatch(pixel: Rgb, edge: number): Rgb {
  const light = 0.72 + 0.26 * (grey(pixel)[0] as number);
  return mix(
    [light, light, light * 0.985],
    [PENCIL, PENCIL, PENCIL + 0.02],
    Math.min(1, edge * 1.4),
  );
}

const grey = ([r, g, b]: Rgb): Rgb => {
  const value = 0.299 * r + 0.587 * g + 0.114 * b;
  return [value, value, value];
};

const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
