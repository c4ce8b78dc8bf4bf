import type { ExecutorScenario } from 'comfygen/testing';
import type { Slots, Workflow, WorkflowNode } from 'comfygen/workflow';

/** How long nodes take on the server, in its milliseconds. */
export interface NodeTimes {
  /** One that adds noise to a small picture. */
  noiseMs: number;
  /** One that blurs it as far as it goes. */
  blurMs: number;
}

/** The graph of a scenario, as `executorSuite` takes it. */
export interface LiveGraph {
  workflow: Workflow;
  outputNodes: string[];
  slots: Partial<Slots>;
  faultyNode?: string;
}

const SIDE = 256;

// What a scenario takes of the server's time: enough to be seen, and to be stopped. Few nodes that take long: those of
// many are kept in a cache whose cleaning holds a server up for seconds.
const WORK: Work = { class: 'noise', nodes: 40, nodeMs: 50 };
const SHORT: Work = { class: 'noise', nodes: 80, nodeMs: 50 };
const ENDLESS: Work = { class: 'blur', nodes: 60, nodeMs: 2_000 };
const STOPPABLE: Work = { class: 'blur', nodes: 20, nodeMs: 700 };

/** Nodes of one class in a row. */
interface Work {
  class: 'noise' | 'blur';
  nodes: number;
  nodeMs: number;
}

/**
 * The graph of a scenario in core's nodes that need no model; `undefined` where no such graph plays it. Its colour is
 * drawn: what is in the server's cache takes no time.
 */
export function liveGraph(scenario: ExecutorScenario, times: NodeTimes): LiveGraph | undefined {
  switch (scenario) {
    case 'succeeds':
      return graph(picture());
    case 'runs':
      return graph(worked(ENDLESS, times));
    case 'fails':
      // The server takes a text where a picture must be, and fails when it gets there.
      return { ...graph(changed(picture(), 'save', { images: 'no image' })), faultyNode: 'save' };
    case 'takes-time':
      return graph(worked(WORK, times));
    case 'slow-cancel':
      // A node can't be interrupted: one takes about as long as the scenario has the cancel take.
      return graph(worked(STOPPABLE, times));
    case 'many-outputs':
      return graph({
        ...changed(picture({ batch: 3 }), 'save', { filename_prefix: 'folder/zebra' }),
        second: node('SaveImage', { images: ['noise', 0], filename_prefix: 'ape' }),
        preview: node('PreviewImage', { images: ['noise', 0] }),
      });
    case 'no-output':
      return graph({
        prompt: text(),
        show: node('PreviewAny', { source: ['prompt', 0] }),
      });
    case 'other-kinds':
      return graph({
        ...picture(),
        film: node('CreateVideo', { images: ['noise', 0], fps: 8 }),
        clip: node('SaveVideo', {
          ...{ video: ['film', 0], filename_prefix: 'clip', format: 'auto', codec: 'auto' },
        }),
      });
    case 'missing-model':
      return {
        ...graph({
          ...changed(picture(), 'save', { images: ['decode', 0] }),
          latent: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
          decode: node('VAEDecode', { samples: ['latent', 0], vae: ['vae', 0] }),
          vae: node('VAELoader', { vae_name: 'none.safetensors' }),
        }),
        faultyNode: 'vae',
      };
    case 'missing-input': {
      const workflow = picture();
      delete workflow['noise']!.inputs['image'];
      return { ...graph(workflow), faultyNode: 'noise' };
    }
    default:
      return undefined;
  }
}

/** A graph that holds the server for some seconds, and stops soon when it is interrupted. */
export function shortNodes(times: NodeTimes): Workflow {
  return worked(SHORT, times);
}

/** A picture of the size at which its nodes take the time that they are to take. */
function worked({ class: of, nodes, nodeMs }: Work, times: NodeTimes): Workflow {
  const side = SIDE * Math.sqrt(nodeMs / (of === 'noise' ? times.noiseMs : times.blurMs));
  const fits = Math.round(Math.min(1_024, Math.max(64, side)));
  return picture({ side: fits, ...(of === 'noise' ? { noises: nodes } : { blurs: nodes }) });
}

/** Two graphs whose run tells how long the nodes of the others take. */
export function timedGraphs() {
  return { noises: picture({ noises: 10 }), blurs: picture({ blurs: 2 }) };
}

interface Picture {
  batch?: number;
  side?: number;
  noises?: number;
  blurs?: number;
}

/** A picture of noise, which depends on the seed, saved under the prompt's name. */
function picture({ batch = 1, side = SIDE, noises = 0, blurs = 0 }: Picture = {}) {
  const [color = 0] = crypto.getRandomValues(new Uint16Array(1));
  const nodes: Workflow = {
    prompt: text(),
    blank: node('EmptyImage', { width: side, height: side, batch_size: batch, color }),
  };
  let last = 'blank';
  const add = (id: string, class_type: string, inputs: Record<string, unknown>) => {
    nodes[id] = node(class_type, { image: [last, 0], ...inputs });
    last = id;
  };
  for (let place = 0; place < blurs; place += 1)
    add(`blur${place}`, 'ImageBlur', { blur_radius: 31, sigma: 10 });
  add('noise', 'ImageAddNoise', { seed: 7, strength: 0.5 });
  for (let place = 0; place < noises; place += 1)
    add(`more${place}`, 'ImageAddNoise', { seed: place, strength: 0.01 });
  nodes['save'] = node('SaveImage', { images: [last, 0], filename_prefix: ['prompt', 0] });
  return nodes;
}

const text = () => node('PrimitiveString', { value: 'comfygen-live' });

function node(class_type: string, inputs: Record<string, unknown>): WorkflowNode {
  return { class_type, inputs } as WorkflowNode;
}

function changed(workflow: Workflow, id: string, inputs: Record<string, unknown>): Workflow {
  Object.assign(workflow[id]!.inputs, inputs);
  return workflow;
}

const OUTPUTS = ['SaveImage', 'PreviewImage', 'PreviewAny', 'SaveVideo'];

function graph(workflow: Workflow): LiveGraph {
  const outputNodes = Object.keys(workflow).filter((id) =>
    OUTPUTS.includes(workflow[id]!.class_type),
  );
  return { workflow, outputNodes, slots: { prompt: [{ node: 'prompt', input: 'value' }] } };
}
