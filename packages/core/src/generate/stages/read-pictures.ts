import { ComfygenError } from '../../errors/comfygen-error.ts';
import { picturesOf, sayUnknown } from '../../library/check-pictures.ts';
import type { Brief, BriefPicture } from '../../spec/index.ts';
import { isObject } from '../../util/is-object.ts';
import { measurePicture } from '../../util/measure-picture.ts';
import { untilAborted } from '../../util/settle.ts';
import { BRIEF_LIMITS } from '../brief-limits.ts';
import { hashBytes } from '../job/describe-files.ts';
import type { Settings } from '../options.ts';
import type { RunContext } from '../run-context.ts';
import type { GenerateOptions } from '../types.ts';

const { maxPictureBytes, maxPicturePixels } = BRIEF_LIMITS;

/**
 * The pictures of a call as a brief has them; their bytes, copied, go into the run. Nothing is unpacked: a file's head
 * tells what it is.
 *
 * @throws INVALID_BRIEF for what is no picture, is too large, or does not fit the picture that it masks; NO_FLOW where
 * no flow of the library takes a picture of that name
 */
export async function readPictures(
  { images, mask }: Pick<GenerateOptions, 'images' | 'mask'>,
  { flows }: Pick<Settings, 'flows'>,
  run: RunContext,
): Promise<Pick<Brief, 'images' | 'mask'>> {
  if (images !== undefined && !isObject(images))
    throw refuse('images', 'must be an object of pictures by slot: { image: bytes }');
  if (images !== undefined && Object.hasOwn(images, 'mask'))
    throw refuse('images.mask', 'is a field of its own: give it as mask');
  const brief: Pick<Brief, 'images' | 'mask'> = {};
  for (const [slot, given] of Object.entries(images ?? {})) {
    const picture = await readPicture(`images.${slot}`, given, run);
    brief.images = { ...brief.images, [slot]: picture };
  }
  if (mask !== undefined) brief.mask = await readPicture('mask', mask, run);
  refuseOtherSize(brief);
  const known = [...new Set(flows.flatMap(({ slots }) => Object.keys(slots.pictures ?? {})))];
  const unknown = Object.keys(picturesOf(brief)).find((slot) => !known.includes(slot));
  if (unknown === undefined) return brief;
  const message = `The library ${sayUnknown(unknown, known)}`;
  throw new ComfygenError(
    'NO_FLOW',
    message.replace(/\??$/, (end) => end || '.'),
    {
      details: { slot: unknown, slots: known },
    },
  );
}

function refuse(field: string, what: string): ComfygenError {
  const details = { fields: [field] };
  return new ComfygenError('INVALID_BRIEF', `The brief: ${field} ${what}.`, { details });
}

const FORMS = 'must be the bytes of a PNG, JPEG or WebP file, a Blob of them, or { file }';

async function readPicture(field: string, given: unknown, run: RunContext): Promise<BriefPicture> {
  const size =
    given instanceof Blob ? given.size : ((given as ArrayBuffer | undefined)?.byteLength ?? 0);
  if (size > maxPictureBytes)
    throw refuse(field, `may have ${maxPictureBytes} bytes at most; got ${size}`);
  const bytes = await copyBytes(field, given, run);
  if (bytes === undefined) return { file: nameIn(field, given) };
  const facts = measurePicture(bytes);
  if (facts === undefined) throw refuse(field, `${FORMS}; these ${size} bytes are none`);
  const { width, height } = facts;
  if (width * height > maxPicturePixels)
    throw refuse(field, `may have ${maxPicturePixels} pixels at most; got ${width} × ${height}`);
  const hash = hashBytes(bytes);
  run.pictures.set(hash, bytes);
  return { hash, ...facts, sizeBytes: bytes.length };
}

/** Bytes that their giver can't change any more; none where it names a file. */
async function copyBytes(
  field: string,
  given: unknown,
  { call }: RunContext,
): Promise<Uint8Array | undefined> {
  if (ArrayBuffer.isView(given))
    return new Uint8Array(given.buffer, given.byteOffset, given.byteLength).slice();
  if (given instanceof ArrayBuffer) return new Uint8Array(given.slice());
  if (!(given instanceof Blob)) return undefined;
  try {
    return new Uint8Array(await untilAborted(call.signal, () => given.arrayBuffer()));
  } catch (cause) {
    call.signal.throwIfAborted();
    const error = refuse(field, 'can no longer be read');
    throw new ComfygenError('INVALID_BRIEF', error.message, { details: error.details, cause });
  }
}

function nameIn(field: string, given: unknown): string {
  const { file, ...rest } = isObject(given) ? given : {};
  const isName = typeof file === 'string' && file.trim() !== '' && file.length <= 512;
  if (isName && Object.keys(rest).length === 0) return file;
  throw refuse(field, `${FORMS} with a name that the backend knows`);
}

/** A mask is laid over its picture point by point. */
function refuseOtherSize({ images, mask }: Pick<Brief, 'images' | 'mask'>): void {
  const image = images && Object.hasOwn(images, 'image') ? images['image'] : undefined;
  if (!image || !mask || 'file' in image || 'file' in mask) return;
  if (image.width === mask.width && image.height === mask.height) return;
  const sizes = [mask, image].map(({ width, height }) => `${width} × ${height}`);
  throw refuse('mask', `is ${sizes[0]} pixels, and its image ${sizes[1]}: make them equal`);
}
