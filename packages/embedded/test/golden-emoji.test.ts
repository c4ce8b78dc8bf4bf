import { createHash } from 'node:crypto';
import type { Workflow } from 'comfygen/plugin';
import type { InputChanges } from 'comfygen/testing';
import { expect, it } from 'vitest';
import { embedded } from '../src/index.ts';
import { textToImage } from './support/graphs.ts';
import { pixelsOf } from './support/png.ts';
import { runToEnd } from './support/run-plan.ts';

const executor = embedded();

function picture(checkpoint: string, text: string, changes: InputChanges = {}): Workflow {
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
    '6237de0added33c2eba01949e6e03db638a5e6628efa9cf1a9a08e641a564943',
  ],
  [
    'another colour and place',
    picture('emoji-animals.safetensors', 'a blue cat at night'),
    '1419e8bb3e13304426f4e367b1ce11da50e75893a73d9a53c2fe38332714bee6',
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
    '5856658b8f3fee6e745f9ebf84e7917adc40442fd284050476d92da539f7165a',
  ],
  [
    'a LoRA',
    withLora(picture('emoji-world-noto.safetensors', 'a guitar'), 'neon.safetensors'),
    '208f11cc67a0cd6abfc3e4cf42d54dcaed5caa6232c180ab57b858c4cc31ae44',
  ],
])('%s: the pixels that it always gave', async (_, workflow, golden) => {
  const [pixels = []] = pixelsOf(await runToEnd(executor, workflow));
  expect(createHash('sha256').update(Uint8Array.from(pixels)).digest('hex')).toBe(golden);
});
