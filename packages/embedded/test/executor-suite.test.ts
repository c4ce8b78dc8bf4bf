import type { ExecutorV1, Workflow } from 'comfygen/plugin';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { embedded, type ImageBatch } from '../src/index.ts';
import { defineNode } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor } from './support/run-plan.ts';

const waits = defineNode<{ image: ImageBatch }>({
  classType: 'WaitForCancel',
  inputs: { required: { image: ['IMAGE'] } },
  outputs: ['IMAGE'],
  async run(_, { signal }) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    signal.throwIfAborted();
    return [];
  },
});

const fails = defineNode<{ image: ImageBatch }>({
  classType: 'Fail',
  inputs: { required: { image: ['IMAGE'] } },
  outputs: ['IMAGE'],
  run() {
    throw new Error('out of paint');
  },
});

const GRAPHS = { runs: 'WaitForCancel', fails: 'Fail' } as const;

function suiteOf(create: () => ExecutorV1, graph: () => Workflow): void {
  executorSuite(
    { describe, it },
    {
      create,
      backend(scenario) {
        const workflow = graph();
        if (scenario === 'succeeds') return { workflow };
        const class_type = GRAPHS[scenario];
        workflow['last'] = { class_type, inputs: { image: ['decode', 0] } };
        workflow['save']!.inputs['images'] = ['last', 0];
        return { workflow };
      },
    },
  );
}

describe('on a host’s models', () => {
  suiteOf(() => createExecutor({ nodes: [waits, fails] }), textToImage);
});

describe('on the emoji world', () => {
  const emoji = {
    loader: { ckpt_name: 'emoji-animals.safetensors' },
    positive: { text: 'a frog' },
  };
  suiteOf(
    () => embedded({ nodes: [waits, fails] }),
    () => textToImage(emoji),
  );
});
