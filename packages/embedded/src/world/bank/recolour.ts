import type { Work } from 'comfygen/plugin';
import type { Sprite } from '../art/rasterize.ts';
import { COLOURS, type Colour, type Rgb } from '../words/colours.ts';

/** A drawing in another colour: shading stays, and so do black outlines, whites and greys beside colours. */
export function* recolour(sprite: Sprite, colour: Colour): Work<Sprite> {
  const target = COLOURS[colour];
  const look = yield* measure(sprite);
  const data = sprite.data.slice();
  // A muted brown beside white is still a colour: a white bear keeps none of it.
  const [dull, vivid] = isGrey(target) ? [0.02, 0.12] : [0.08, 0.3];
  // Highlights of dark things stay dark, or a black cat turns grey.
  const shine = colour === 'black' ? 0.3 : 0.7;
  for (let at = 0; at < data.length; at += 4) {
    if (at % (sprite.side * 4) === 0) yield;
    const alpha = data[at + 3] as number;
    if (alpha === 0) continue;
    const pixel = readPixel(data, at, alpha);
    const weight = look.grey ? ramp(lightness(pixel), 0.1, 0.25) : ramp(chroma(pixel), dull, vivid);
    if (weight === 0) continue;
    const painted = shade(target, lightness(pixel), look.middle, shine);
    for (let c = 0; c < 3; c++) {
      const value = (pixel[c] as number) * (1 - weight) + (painted[c] as number) * weight;
      data[at + c] = value * alpha;
    }
  }
  return { side: sprite.side, data };
}

/** Whether a drawing is mostly grey, and the mean lightness of what would be recoloured. */
function* measure({ side, data }: Sprite): Work<{ grey: boolean; middle: number }> {
  let area = 0;
  let chromaSum = 0;
  let lightSum = 0;
  let colouredLight = 0;
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (at % (side * 4) === 0) yield;
    const alpha = data[at + 3] as number;
    if (alpha === 0) continue;
    const pixel = readPixel(data, at, alpha);
    const weight = ramp(chroma(pixel), 0.08, 0.3) * alpha;
    area += alpha;
    chromaSum += weight;
    lightSum += lightness(pixel) * alpha;
    coloured += weight;
    colouredLight += lightness(pixel) * weight;
  }
  const grey = chromaSum < 0.25 * area;
  const middle = grey ? lightSum / Math.max(area, 1e-9) : colouredLight / Math.max(coloured, 1e-9);
  return { grey, middle: Math.min(0.9, Math.max(0.15, middle)) };
}

// The target at the drawing's middle lightness, towards black below it and towards white above.
function shade(target: Rgb, light: number, middle: number, shine: number): Rgb {
  if (light <= middle) {
    const share = 0.35 + (0.65 * light) / middle;
    return [target[0] * share, target[1] * share, target[2] * share];
  }
  const share = ((light - middle) / (1 - middle)) * shine;
  const mix = (value: number) => value + (1 - value) * share;
  return [mix(target[0]), mix(target[1]), mix(target[2])];
}

function readPixel(data: Float32Array, at: number, alpha: number): Rgb {
  return [
    (data[at] as number) / alpha,
    (data[at + 1] as number) / alpha,
    (data[at + 2] as number) / alpha,
  ];
}

const isGrey = (colour: Rgb) => chroma(colour) < 0.05;
const lightness = ([r, g, b]: Rgb) => 0.299 * r + 0.587 * g + 0.114 * b;
const chroma = (pixel: Rgb) => Math.max(...pixel) - Math.min(...pixel);

function ramp(value: number, from: number, to: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
