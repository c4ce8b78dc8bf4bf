import { createHash } from 'node:crypto';
import { ComfygenError } from 'comfygen/plugin';
import { decodePng, encodeImagePng } from '../image/png.ts';
import { toPythonJson } from '../image/python-json.ts';
import type { ImageBatch } from '../model/types.ts';
import { defineNode, type NodeContext } from '../runtime/node-definition.ts';

const loadImage = defineNode<{ image: string }>({
  classType: 'LoadImage',
  inputs: { required: { image: ['COMBO', { folder: 'input' }] } },
  outputs: ['IMAGE', 'MASK'],
  async changeKey({ image }, { inputFiles }) {
    return createHash('sha256')
      .update(await inputFiles.read(image))
      .digest('hex');
  },
  async run({ image: name }, { inputFiles }) {
    const { image, mask } = decodePng(await inputFiles.read(name), name);
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
    const number = String(context.nextFileNumber(stem)).padStart(5, '0');
    context.output({
      fileName: `${stem}_${number}_.png`,
      bytes: encodeImagePng(images, i, texts),
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
