import { createHash } from 'node:crypto';
import { ComfygenError, createPacer, runInSlices } from 'comfygen/plugin';
import { decodePng, encodeImagePng } from '../image/png.ts';
import { toPythonJson } from '../image/python-json.ts';
import type { ImageBatch } from '../model/types.ts';
import { defineNode, type NodeContext } from '../runtime/node-definition.ts';
import { claimImage } from './claim-image.ts';

const HASHED_AT_ONCE = 2 ** 20;

const loadImage = defineNode<{ image: string }>({
  classType: 'LoadImage',
  inputs: { required: { image: ['COMBO', { folder: 'input' }] } },
  outputs: ['IMAGE', 'MASK'],
  async changeKey({ image }, { inputFiles }) {
    const [hash, bytes, pause] = [
      createHash('sha256'),
      await inputFiles.read(image),
      createPacer(),
    ];
    for (let at = 0; at < bytes.length; at += HASHED_AT_ONCE) {
      hash.update(bytes.subarray(at, at + HASHED_AT_ONCE));
      await pause();
    }
    return hash.digest('hex');
  },
  async run({ image: name }, context) {
    const bytes = await context.inputFiles.read(name);
    const claim = (width: number, height: number) => {
      claimImage(context, width, height, 1);
      // The mask beside it.
      context.checkBytes(width * height * 16);
    };
    const { image, mask } = await decodePng(bytes, name, claim, context.signal);
    return [image, mask];
  },
});

const saveImage = defineNode<{ images: ImageBatch; filename_prefix: string }>({
  classType: 'SaveImage',
  outputNode: true,
  inputs: {
    required: { images: ['IMAGE'], filename_prefix: ['STRING', { default: 'ComfyUI' }] },
  },
  outputs: ['IMAGE'],
  outputNames: ['images'],
  async run({ images, filename_prefix }, context) {
    await writeImages(images, checkPrefix(filename_prefix), context);
    return [images];
  },
});

const previewImage = defineNode<{ images: ImageBatch }>({
  classType: 'PreviewImage',
  outputNode: true,
  inputs: { required: { images: ['IMAGE'] } },
  outputs: ['IMAGE'],
  outputNames: ['images'],
  async run({ images }, context) {
    await writeImages(images, 'ComfyUI_temp', context);
    return [images];
  },
});

async function writeImages(
  images: ImageBatch,
  prefix: string,
  context: NodeContext,
): Promise<void> {
  const texts = {
    prompt: toPythonJson(context.workflow),
    comfygen: toPythonJson(context.record),
  };
  for (let i = 0; i < images.count; i++) {
    const stem = prefix
      .replaceAll('%width%', String(images.width))
      .replaceAll('%height%', String(images.height))
      .replaceAll('%batch_num%', String(i));
    context.checkBytes(images.width * images.height * 3);
    const number = String(context.nextFileNumber(stem)).padStart(5, '0');
    context.output({
      fileName: `${stem}_${number}_.png`,
      bytes: await runInSlices(encodeImagePng(images, i, texts), context.signal),
      mediaType: 'image/png',
    });
    if (images.count > 1) await context.step(i + 1, images.count);
  }
}

// The name may end up in a file system, with folders in it but never outside.
function checkPrefix(prefix: string): string {
  const parts = prefix.split(/[\\/]/);
  const outside = parts.some((part) => part === '..' || part === '' || part.includes('\0'));
  if (prefix !== '' && !outside && !/^[a-z]:/i.test(prefix)) return prefix;
  throw new ComfygenError(
    'INVALID_WORKFLOW',
    `filename_prefix "${prefix}" must be a relative name that stays in the output folder.`,
  );
}

/** Nodes that read and write picture files. */
export const imageFileNodes = [loadImage, saveImage, previewImage];
