import type { ExecutorV1, Workflow } from 'comfygen/plugin';
import { type ExecutorScenario, executorSuite, type MadeFile } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { embedded, type ImageBatch } from '../src/index.ts';
import { defineNode } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor, createPlan, runToEnd } from './support/run-plan.ts';

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

const images = ['decode', 0] as [string, number];

type Changes = { readonly [Scenario in ExecutorScenario]?: (graph: Workflow) => object };

/** The scenarios, by what they change in a graph. */
const CHANGES: Changes = {
  succeeds: () => ({}),
  runs: (graph) => addLast(graph, 'WaitForCancel'),
  fails: (graph) => ({ ...addLast(graph, 'Fail'), faultyNode: 'last' }),
  'many-outputs'(graph) {
    graph['latent']!.inputs['batch_size'] = 2;
    graph['second'] = { class_type: 'SaveImage', inputs: { images, filename_prefix: 'second' } };
    graph['preview'] = { class_type: 'PreviewImage', inputs: { images } };
    return { outputNodes: ['save', 'second', 'preview'] };
  },
  'missing-model'(graph) {
    graph['loader']!.inputs['ckpt_name'] = 'none.safetensors';
    return { faultyNode: 'loader' };
  },
  'missing-input'(graph) {
    delete graph['decode']!.inputs['samples'];
    return { faultyNode: 'decode' };
  },
};

/** Where the host has no node classes of its own: a graph that takes hours, and one that asks for a file. */
const IN_WORKER: Changes = {
  ...CHANGES,
  runs(graph) {
    Object.assign(graph['latent']!.inputs, { width: 1024, height: 1024 });
    graph['sampler']!.inputs['steps'] = 1000;
    return {};
  },
  fails(graph) {
    graph['last'] = { class_type: 'LoadImage', inputs: { image: 'none.png' } };
    graph['save']!.inputs['images'] = ['last', 0];
    return {};
  },
};

function addLast(graph: Workflow, class_type: string): object {
  graph['last'] = { class_type, inputs: { image: images } };
  graph['save']!.inputs['images'] = ['last', 0];
  return {};
}

function suiteOf(
  create: () => ExecutorV1,
  graph: () => Workflow,
  changes: Changes = CHANGES,
): void {
  /** What each saver makes when it is the only one that is asked for. */
  const filesOf = async (workflow: Workflow): Promise<MadeFile[]> => {
    const savers = Object.keys(workflow).filter((id) => workflow[id]!.class_type === 'SaveImage');
    const made: MadeFile[] = [];
    for (const nodeId of savers) {
      const plan = { ...createPlan(workflow), outputNodes: [nodeId] };
      const { snapshot, files } = await runToEnd(create(), plan);
      for (const [place, { bytes }] of files.entries())
        if (snapshot.outputs[place]!.nodeId === nodeId) made.push({ nodeId, bytes });
    }
    return made;
  };
  executorSuite(
    { describe, it },
    {
      create,
      backend(scenario) {
        const change = changes[scenario];
        if (!change) return undefined;
        const workflow = graph();
        return { workflow, filesOf, ...change(workflow) };
      },
    },
  );
}

describe('on a host’s models', () => {
  suiteOf(() => createExecutor({ nodes: [waits, fails] }), textToImage);
});

const frog = () =>
  textToImage({
    loader: { ckpt_name: 'emoji-animals.safetensors' },
    positive: { text: 'a frog' },
  });

describe('on the emoji world', () => {
  suiteOf(() => embedded({ nodes: [waits, fails] }), frog);
});

describe('in a worker thread', () => {
  suiteOf(() => embedded(), frog, IN_WORKER);
});
