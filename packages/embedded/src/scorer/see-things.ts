import { letOthersRun, runInSlices } from 'comfygen/plugin';
import { type Palette, paletteOf } from './colour-share.ts';
import { findThings, type Region } from './find-things.ts';
import { lookAt } from './look.ts';
import type { Picture } from './picture.ts';
import { type Recognition, recognise } from './recognise.ts';
import type { Templates } from './templates.ts';

/** A thing found in a picture: its place, what it may be, and its colours. */
export interface SeenThing {
  readonly region: Region;
  readonly palette: Palette;
  readonly recognition: Recognition;
}

// Nobody asks for more; a picture of noise has thousands.
const MOST = 24;
// Above what packing leaves around edges; and just above rounding, for white things on white.
const CLEAR = 0.045;
const FAINT = 0.009;
// Things that look less than this like any drawing were not seen well.
const SEEN_WELL = 0.7;

/**
 * All things of a picture, from the largest to the smallest, at most 24; `asked` are concepts. Gives
 * way to others after each thing, and throws the signal's reason.
 */
export async function seeThings(
  picture: Picture,
  templates: Templates,
  asked: readonly number[],
  signal: AbortSignal,
): Promise<SeenThing[]> {
  const clear = await look(picture, templates, asked, CLEAR, signal);
  if (surenessOf(clear) >= SEEN_WELL) return clear;
  const faint = await look(picture, templates, asked, FAINT, signal);
  return surenessOf(faint) > surenessOf(clear) ? faint : clear;
}

/** How surely things were recognised, 0 to 1: their likeness to the likest drawings; 0 where there are none. */
export function surenessOf(things: readonly SeenThing[]): number {
  const sum = things.reduce((all, one) => all + (one.recognition.guesses[0]?.likeness ?? 0), 0);
  return sum / Math.max(1, things.length);
}

async function look(
  picture: Picture,
  templates: Templates,
  asked: readonly number[],
  step: number,
  signal: AbortSignal,
): Promise<SeenThing[]> {
  const scan = await runInSlices(findThings(picture, step), signal);
  const seen: SeenThing[] = [];
  for (const region of scan.things.slice(0, MOST)) {
    await letOthersRun(signal);
    const palette = await runInSlices(paletteOf(picture, scan, region), signal);
    const look = await runInSlices(lookAt(picture, scan, region), signal);
    const recognition = await runInSlices(recognise(look, templates, asked), signal);
    seen.push({ region, palette, recognition });
  }
  return seen;
}
