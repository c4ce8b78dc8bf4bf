import { createHash } from 'node:crypto';
import { ComfygenError, createPacer, runInSlices } from 'comfygen/plugin';
import { decodePng, encodeImagePng } from '../image/png.ts';
import { toPythonJson } from '../image/python-json.ts';
import type { ImageBatch } from '../model/types.ts';
import {
  defineNode,
  type InputFiles,
  type InputSpec,
  type NodeContext,
} from '../runtime/node-definition.ts';
import type { Mask } from '../runtime/values.ts';
import { claimImage } from './claim-image.ts';
import { channelOf, pictureOf } from './masks.ts';

const HASHED_AT_ONCE = 2 ** 20;

const FILE: InputSpec = ['COMBO', { folder: 'input' }];

/** A node that reads an input picture. ComfyUI's own takes one from its output folder too, which there is none of here. */
const defineLoader = (classType: string) =>
  defineNode<{ image: string }>({
    classType,
    inputs: { required: { image: FILE } },
    outputs: ['IMAGE', 'MASK'],
    changeKey: ({ image }, { inputFiles }) => hashFile(image, inputFiles),
    async run({ image: name }, context) {
      const { image, mask } = await readPicture(name, context);
      return [image, mask];
    },
  });

const loadImageMask = defineNode<{ image: string; channel: string }>({
  classType: 'LoadImageMask',
  inputs: { required: { image: FILE, channel: [['alpha', 'red', 'green', 'blue']] } },
  outputs: ['MASK'],
  changeKey: ({ image }, { inputFiles }) => hashFile(image, inputFiles),
  async run({ image: name, channel }, context) {
    const { image, mask } = await readPicture(name, context);
    return [
      channel === 'alpha' ? mask : await runInSlices(channelOf(image, channel), context.signal),
    ];
  },
});

async function hashFile(name: string, inputFiles: InputFiles): Promise<string> {
  const [hash, bytes, pause] = [createHash('sha256'), await inputFiles.read(name), createPacer()];
  for (let at = 0; at < bytes.length; at += HASHED_AT_ONCE) {
    hash.update(bytes.subarray(at, at + HASHED_AT_ONCE));
    await pause();
  }
  return hash.digest('hex');
}

async function readPicture(name: string, context: NodeContext) {
  const bytes = await context.inputFiles.read(name);
  const claim = (width: number, height: number) => {
    claimImage(context, width, height, 1);
    // The mask beside it.
    context.checkBytes(width * height * 16);
  };
  return decodePng(bytes, name, claim, context.signal);
}

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

const maskPreview = defineNode<{ mask: Mask }>({
  classType: 'MaskPreview',
  outputNode: true,
  inputs: { required: { mask: ['MASK'] } },
  outputs: ['MASK'],
  outputNames: ['mask'],
  async run({ mask }, context) {
    claimImage(context, mask.width, mask.height, mask.count);
    const images = await runInSlices(pictureOf(mask), context.signal);
    await writeImages(images, 'ComfyUI_temp', context);
    return [mask];
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
export const imageFileNodes = [
  defineLoader('LoadImage'),
  defineLoader('LoadImageOutput'),
  loadImageMask,
  saveImage,
  previewImage,
  maskPreview,
];
