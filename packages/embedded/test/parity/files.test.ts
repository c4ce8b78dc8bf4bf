import { readPngText } from 'comfygen/node';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { ImageBatch } from '../../src/model/types.ts';
import type { NodeContext, NodeFile } from '../../src/nodes/index.ts';
import { runNode, waveImage } from './build-inputs.ts';
import { maxError } from './max-error.ts';
import { fixture } from './read-fixture.ts';

const { save, load } = fixture.files;

describe('SaveImage, as ComfyUI 0.33.0', async () => {
  const { image, phase, scale, offset } = save.image;
  const waves = waveImage(image, phase);
  // Some values lie outside of 0 to 1: they are clipped.
  const images = { ...waves, data: waves.data.map((value) => value * scale + offset) };
  const files: NodeFile[] = [];
  await runNode('SaveImage', { images, filename_prefix: 'x' }, {
    workflow: JSON.parse(save.text.prompt),
    record: {},
    output: (file) => files.push(file),
    nextFileNumber: () => 1,
  } as Partial<NodeContext>);
  const [file] = files as [NodeFile];

  it('writes the same bytes for every pixel', () => {
    expect([...decode(file.bytes).data]).toEqual(save.bytes);
  });

  it('names the file alike', () => {
    expect(file.fileName).toBe(save.filename);
  });

  it('keeps the graph in the text chunk `prompt`', () => {
    const text = readPngText(file.bytes).get('prompt') ?? '';
    expect(JSON.parse(text)).toEqual(JSON.parse(save.text.prompt));
    expect(text).toMatch(/^[ -~]*$/);
  });
});

describe('LoadImage, as ComfyUI 0.33.0', () => {
  it.each(load)('reads a PNG with $name pixels', async ({ png, image, mask }) => {
    const bytes = new Uint8Array(Buffer.from(png, 'base64'));
    const inputFiles = { list: async () => ['in.png'], read: async () => bytes };
    const [pixels, alpha] = (await runNode('LoadImage', { image: 'in.png' }, { inputFiles })) as [
      ImageBatch,
      { count: number; height: number; width: number; data: Float32Array },
    ];
    expect([pixels.count, pixels.height, pixels.width, 3]).toEqual(image.shape);
    expect(maxError(pixels.data, image.data)).toBeLessThanOrEqual(1e-6);
    expect([alpha.count, alpha.height, alpha.width]).toEqual(mask.shape);
    expect(maxError(alpha.data, mask.data || alpha.data.map(() => 0))).toBeLessThanOrEqual(1e-6);
  });
});
