import { comfyui } from '@comfygen/executors/comfyui';
import { type ExecutorScenario, executorSuite } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { describe, it } from 'vitest';

const url = process.env['COMFYUI_URL'];
if (!url)
  console.warn('SKIPPED: the suite against a real ComfyUI server; set COMFYUI_URL to run it.');

const PLAYED: readonly ExecutorScenario[] = ['succeeds', 'runs', 'fails'];

/** Core nodes that need no model: a picture of noise, which depends on the seed. */
function noise(scenario: ExecutorScenario): Workflow {
  // Another colour than the last time: what is in the server's cache takes no time.
  const drawn = crypto.getRandomValues(new Uint16Array(1))[0]!;
  const side = scenario === 'runs' ? 2_048 : 64;
  const workflow: Workflow = {
    blank: {
      class_type: 'EmptyImage',
      inputs: {
        width: side,
        height: side,
        batch_size: 1,
        color: scenario === 'runs' ? drawn : 8_421_504,
      },
    },
    noise: {
      class_type: 'ImageAddNoise',
      inputs: { image: ['blank', 0], seed: 7, strength: 0.5 },
    },
    save: {
      class_type: 'SaveImage',
      inputs: { images: ['noise', 0], filename_prefix: 'comfygen-live' },
    },
  };
  // A server takes a text where an image must be, and fails when it gets there.
  if (scenario === 'fails') workflow['save']!.inputs['images'] = 'no image';
  // It can be interrupted between its nodes only: many that take a while each.
  for (let place = 0; scenario === 'runs' && place < 60; place += 1) {
    const image = place === 0 ? 'noise' : `more${place - 1}`;
    workflow[`more${place}`] = {
      class_type: 'ImageAddNoise',
      inputs: { image: [image, 0], seed: place, strength: 0.01 },
    };
    workflow['save']!.inputs['images'] = [`more${place}`, 0];
  }
  return workflow;
}

describe.skipIf(!url)(
  'a real ComfyUI server',
  () => {
    executorSuite(
      { describe, it },
      {
        backend: (scenario) =>
          PLAYED.includes(scenario) ? { workflow: noise(scenario) } : undefined,
        create: () => comfyui({ url }),
        limitMs: 120_000,
      },
    );
  },
  150_000,
);
