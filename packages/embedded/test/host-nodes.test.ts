import { createCallContext } from 'comfygen/plugin';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import type { ImageBatch } from '../src/index.ts';
import { defineNode, type NodeDefinition } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor, runToEnd } from './support/run-plan.ts';

const tint = defineNode<{ image: ImageBatch; green: number }>({
  classType: 'Tint',
  inputs: {
    required: { image: ['IMAGE'], green: ['FLOAT', { default: 1, min: 0, max: 1 }] },
  },
  outputs: ['IMAGE'],
  run: ({ image, green }) => [
    { ...image, data: image.data.map((value, i) => (i % 3 === 1 ? green : value)) },
  ],
});

function tinted(green: number) {
  const workflow = textToImage({ save: { images: ['tint', 0] } });
  workflow['tint'] = { class_type: 'Tint', inputs: { image: ['decode', 0], green } };
  return workflow;
}

it('runs a node class of the host, and lists it', async () => {
  const executor = createExecutor({ nodes: [tint] });
  const { files } = await runToEnd(executor, tinted(0.5));
  expect(decode(files[0]!.bytes).data[1]).toBe(127);
  const { catalogue, models } = await executor.inventory!(createCallContext());
  expect(catalogue?.['Tint']).toMatchObject({
    input: { required: { green: ['FLOAT', { default: 1, min: 0, max: 1 }] } },
    output: ['IMAGE'],
  });
  expect(models).toMatchObject({
    checkpoints: ['two-colours.safetensors', 'colour-blind.safetensors'],
  });
});

it('checks its inputs like those of any node', async () => {
  const executor = createExecutor({ nodes: [tint] });
  await expect(runToEnd(executor, tinted(2))).rejects.toMatchObject({ code: 'INVALID_WORKFLOW' });
});

it('lets the host replace a node class of ComfyUI', async () => {
  const plain = defineNode<object>({ ...findInvert(), run: ({ image }: never) => [image] });
  const workflow = textToImage({ save: { images: ['invert', 0] } });
  workflow['invert'] = { class_type: 'ImageInvert', inputs: { image: ['decode', 0] } };
  const kept = await runToEnd(createExecutor({ nodes: [plain] }), workflow);
  const inverted = await runToEnd(createExecutor(), workflow);
  const [a, b] = [kept, inverted].map(({ files }) => decode(files[0]!.bytes).data[0]);
  expect(a! + b!).toBeGreaterThan(253);
  expect(a).not.toBe(b);
});

it('names a node that gives too little', async () => {
  const executor = createExecutor({ nodes: [{ ...tint, run: () => [] }] });
  const { snapshot } = await runToEnd(executor, tinted(0));
  expect(snapshot.failure).toMatchObject({
    code: 'EXECUTION_FAILED',
    nodeId: 'tint',
    classType: 'Tint',
    message: expect.stringMatching(/gave 0 of 1 outputs/),
  });
});

it('refuses what is no node', () => {
  expect(() => createExecutor({ nodes: [{ classType: 'Empty' } as NodeDefinition] })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTIONS' }),
  );
});

function findInvert() {
  return {
    classType: 'ImageInvert',
    inputs: { required: { image: ['IMAGE'] as const } },
    outputs: ['IMAGE'],
  };
}
