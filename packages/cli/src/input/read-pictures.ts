import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BRIEF_LIMITS, ComfygenError } from 'comfygen';
import { fileError } from '../output/file-error.ts';
import type { Io } from '../terminal/io.ts';

/** The options that bring pictures. */
export interface PictureOptions {
  /** `FILE`, or `SLOT=FILE`; the first by itself is for `image`. */
  image?: string[];
  mask?: string;
}

/** The pictures that the command line names, for core. @throws FILE_ACCESS, INVALID_BRIEF */
export async function readPictures(
  { image = [], mask }: PictureOptions,
  { cwd }: Io,
): Promise<{ images?: { [slot: string]: Uint8Array }; mask?: Uint8Array }> {
  const images: { [slot: string]: Uint8Array } = {};
  for (const given of image) {
    const { slot, file } = splitSlot(given, cwd);
    if (Object.hasOwn(images, slot)) {
      const hint = 'Say what each one is for: --image photo.png --image control=edges.png';
      const message = `Two pictures were given as ${slot}.`;
      throw new ComfygenError('INVALID_BRIEF', message, { details: { hint } });
    }
    images[slot] = await readPicture('--image', file, cwd);
  }
  return {
    ...(image.length > 0 && { images }),
    ...(mask !== undefined && { mask: await readPicture('--mask', mask, cwd) }),
  };
}

/** `control=edges.png`; a file may have such a name itself. */
function splitSlot(given: string, cwd: string): { slot: string; file: string } {
  const [, slot, file] = /^([a-z0-9-]+)=(.+)$/s.exec(given) ?? [];
  if (slot === undefined || file === undefined || existsSync(resolve(cwd, given)))
    return { slot: 'image', file: given };
  return { slot, file };
}

async function readPicture(option: string, file: string, cwd: string): Promise<Uint8Array> {
  if (file === '-' || file === '') {
    const message = `${option} takes a picture’s file, and does not read stdin.`;
    throw new ComfygenError('INVALID_BRIEF', message);
  }
  const path = resolve(cwd, file);
  const { readBytes } = await import('comfygen/node');
  try {
    return await readBytes(path, BRIEF_LIMITS.maxPictureBytes);
  } catch (error) {
    if (ComfygenError.is(error, 'PAYLOAD_TOO_LARGE'))
      throw new ComfygenError('INVALID_BRIEF', `${option}: ${error.message}`, { cause: error });
    if (!ComfygenError.is(error) || error.cause === undefined) throw error;
    throw fileError('read', path, error.cause);
  }
}
