import fc from 'fast-check';
import type { InputValue, Workflow, WorkflowNode } from '../src/spec/index.ts';

const node = (class_type: string, inputs: WorkflowNode['inputs']): WorkflowNode => ({
  class_type,
  inputs,
});

/** The usual text-to-image graph, as ComfyUI exports it; `nodes` replace or add some. */
export function textToImage(nodes: Workflow = {}): Workflow {
  return {
    '3': node('KSampler', {
      seed: 5,
      steps: 20,
      cfg: 7.5,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    }),
    '4': node('CheckpointLoaderSimple', { ckpt_name: 'base.safetensors' }),
    '5': node('EmptyLatentImage', { width: 512, height: 512, batch_size: 1 }),
    '6': node('CLIPTextEncode', { text: 'a house', clip: ['4', 1] }),
    '7': node('CLIPTextEncode', { text: 'blurry', clip: ['4', 1] }),
    '8': node('VAEDecode', { samples: ['3', 0], vae: ['4', 2] }),
    '9': node('SaveImage', { filename_prefix: 'comfygen', images: ['8', 0] }),
    ...nodes,
  };
}

/** The same with the sampler taken apart: noise, guider, sampler and sigmas are nodes of their own. */
export function customSampling(nodes: Workflow = {}): Workflow {
  return textToImage({
    '3': node('SamplerCustomAdvanced', {
      noise: ['10', 0],
      guider: ['11', 0],
      sampler: ['12', 0],
      sigmas: ['13', 0],
      latent_image: ['5', 0],
    }),
    '10': node('RandomNoise', { noise_seed: 11 }),
    '11': node('CFGGuider', {
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      cfg: 4,
    }),
    '12': node('KSamplerSelect', { sampler_name: 'dpmpp_2m' }),
    '13': node('BasicScheduler', {
      model: ['4', 0],
      scheduler: 'karras',
      steps: 25,
      denoise: 0.8,
    }),
    ...nodes,
  });
}

/** One node with these inputs, for a graph in a test. */
export { node as graphNode };

const CLASSES = [
  'KSampler',
  'SamplerCustomAdvanced',
  'CFGGuider',
  'RandomNoise',
  'CLIPTextEncode',
  'ConditioningCombine',
  'ControlNetApplyAdvanced',
  'EmptyLatentImage',
  'StringConcatenate',
  'PrimitiveInt',
  'VAEDecode',
  'SaveImage',
  'constructor',
  'Mystery',
];
const INPUTS = [
  'positive',
  'negative',
  'conditioning_1',
  'guider',
  'noise',
  'text',
  'clip',
  'seed',
  'noise_seed',
  'width',
  'height',
  'batch_size',
  'latent_image',
  'string_a',
  'value',
  'images',
  'filename_prefix',
];
const seed = fc.bigInt(0n, 2n ** 64n - 1n).map((value) => {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
});
const literal: fc.Arbitrary<InputValue> = fc.oneof(
  fc.string(),
  seed,
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((n) => n || 0),
  fc.boolean(),
  fc.constant(null),
  fc.constant<InputValue>({ __value__: ['x', 1] }),
);

/** Graphs of known and unknown classes with links without circles, good and bad literals in any input. */
export const anyGraph: fc.Arbitrary<Workflow> = fc
  .uniqueArray(fc.oneof(fc.nat(40).map(String), fc.constantFrom('57:13', 'a', 'toString')), {
    minLength: 1,
    maxLength: 10,
  })
  .chain((ids) =>
    fc.tuple(...ids.map((_id, index) => anyNode(ids.slice(0, index)))).map((nodes) => {
      return Object.fromEntries(nodes.map((one, index) => [ids[index]!, one]));
    }),
  );

function anyNode(sources: readonly string[]): fc.Arbitrary<WorkflowNode> {
  const link: fc.Arbitrary<InputValue>[] =
    sources.length === 0 ? [] : [fc.tuple(fc.constantFrom(...sources), fc.nat(2))];
  return fc.record({
    class_type: fc.constantFrom(...CLASSES),
    inputs: fc.dictionary(fc.constantFrom(...INPUTS), fc.oneof(literal, ...link), { maxKeys: 8 }),
  });
}
