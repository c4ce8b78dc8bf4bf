import { type Palette, paletteOf } from './colour-share.ts';
import { findThings, type Region } from './find-things.ts';
import { lookAt } from './look.ts';
import type { Picture } from './picture.ts';
import { type Recognition, recognise } from './recognise.ts';
import type { Templates } from './templates.ts';

/** A thing in a picture: where, what and in which colours. */
export interface SeenThing {
  readonly region: Region;
  readonly palette: Palette;
  readonly recognition: Recognition;
}

// Nobody asks for more; a picture of noise has thousands.
const MOST = 24;

/** All things of a picture, from the largest to the smallest, at most 24; `asked` are concepts. */
export function seeThings(
  picture: Picture,
  templates: Templates,
  asked: readonly number[],
): SeenThing[] {
  const scan = findThings(picture);
  return scan.things.slice(0, MOST).map((region) => ({
    region,
    palette: paletteOf(picture, scan, region),
    recognition: recognise(lookAt(picture, scan, region), templates, asked),
  }));
}
