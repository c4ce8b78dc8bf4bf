import { createHash } from 'node:crypto';
import type { Workflow } from 'comfygen/plugin';
import { expect, it } from 'vitest';
import { embedded } from '../src/index.ts';
import { type Changes, textToImage } from './support/graphs.ts';
import { pixelsOf } from './support/png.ts';
import { runToEnd } from './support/run-plan.ts';

const executor = embedded();

function picture(checkpoint: string, text: string, changes: Changes = {}): Workflow {
  return textToImage({
    loader: { ckpt_name: checkpoint },
    positive: { text },
    latent: { width: 256, height: 256 },
    ...changes,
  });
}

function withLora(workflow: Workflow, lora_name: string): Workflow {
  workflow['lora'] = {
    class_type: 'LoraLoader',
    inputs: {
      model: ['loader', 0],
      clip: ['loader', 1],
      lora_name,
      strength_model: 1,
      strength_clip: 1,
    },
  };
  workflow['sampler']!.inputs['model'] = ['lora', 0];
  workflow['positive']!.inputs['clip'] = ['lora', 1];
  return workflow;
}

// The same promise as in golden.test.ts, for the drawings and the codec. Tried on Linux x64 with
// Node 22 and 24; other platforms are untried.
it.each([
  [
    'a drawing in its own colours',
    picture('emoji-world-noto.safetensors', 'a fox'),
    'b2c8fd68ca64ea31beea264ae938e4ec8075ede27ad6f48655ad1e1874f7eb11',
  ],
  [
    'another colour and place',
    picture('emoji-animals.safetensors', 'a blue cat at night'),
    '732e8443857b08045ee24b88142ea14c56c5c1cc97b9ed40e48624638294c9f0',
  ],
  [
    'few steps, soft',
    picture('emoji-world-turbo.safetensors', 'a pizza', {
      sampler: { sampler_name: 'lcm', cfg: 1 },
    }),
    '5affabd7d9432ea6c9c108e5aa6ec716638a11b1eab044c92a2d5c298199814a',
  ],
  [
    'ink',
    picture('emoji-ink.safetensors', 'an owl'),
    '3d840956710e1d42ebab797bbc502a08698111547e0b651a2f65c50e0045032e',
  ],
  [
    'a LoRA',
    withLora(picture('emoji-world-noto.safetensors', 'a guitar'), 'neon.safetensors'),
    '111c597d298bc678cd9d512f98d6494560ea10a055f74984a06f8c614a19d740',
  ],
])('%s: the pixels that it always gave', async (_, workflow, golden) => {
  const [pixels = []] = pixelsOf(await runToEnd(executor, workflow));
  expect(createHash('sha256').update(Uint8Array.from(pixels)).digest('hex')).toBe(golden);
});
