import type { Components, InputValue, Workflow, WorkflowNode } from '../spec/index.ts';
import { compareIds, hasNode, isLink } from './links.ts';
import { requireShape } from './require-shape.ts';
import { factOf, SAMPLERS } from './slots/node-facts.ts';

/** Which inputs of which classes name a model file, and of what kind. */
const FILES: Record<
  string,
  {
    kind: 'checkpoints' | 'diffusionModels' | 'textEncoders' | 'vaes' | 'upscalers';
    inputs: string[];
  }
> = {
  CheckpointLoaderSimple: { kind: 'checkpoints', inputs: ['ckpt_name'] },
  CheckpointLoader: { kind: 'checkpoints', inputs: ['ckpt_name'] },
  unCLIPCheckpointLoader: { kind: 'checkpoints', inputs: ['ckpt_name'] },
  ImageOnlyCheckpointLoader: { kind: 'checkpoints', inputs: ['ckpt_name'] },
  UNETLoader: { kind: 'diffusionModels', inputs: ['unet_name'] },
  CLIPLoader: { kind: 'textEncoders', inputs: ['clip_name'] },
  DualCLIPLoader: { kind: 'textEncoders', inputs: ['clip_name1', 'clip_name2'] },
  TripleCLIPLoader: { kind: 'textEncoders', inputs: ['clip_name1', 'clip_name2', 'clip_name3'] },
  QuadrupleCLIPLoader: {
    kind: 'textEncoders',
    inputs: ['clip_name1', 'clip_name2', 'clip_name3', 'clip_name4'],
  },
  VAELoader: { kind: 'vaes', inputs: ['vae_name'] },
  UpscaleModelLoader: { kind: 'upscalers', inputs: ['model_name'] },
};

/**
 * What a workflow is built of, in the order of node ids. A sampler's setting that another node computes is
 * `null`; a file name that another node gives is left out.
 *
 * @throws INVALID_WORKFLOW for a graph with a node that has no class or no inputs.
 */
export function findComponents(workflow: Workflow): Components {
  requireShape(workflow);
  const found: Components = {
    checkpoints: [],
    diffusionModels: [],
    textEncoders: [],
    loras: [],
    vaes: [],
    upscalers: [],
    samplers: [],
  };
  for (const id of Object.keys(workflow).sort(compareIds)) {
    const node = workflow[id]!;
    const files = factOf(FILES, node.class_type);
    for (const input of files?.inputs ?? []) {
      const file = text(node.inputs[input]);
      const list = found[files!.kind];
      if (file !== null && !list.includes(file)) list.push(file);
    }
    addLora(found, node);
    if (factOf(SAMPLERS, node.class_type)) found.samplers.push(samplerFacts(workflow, id));
  }
  return found;
}

function addLora(found: Components, { class_type, inputs }: WorkflowNode): void {
  const file = text(inputs['lora_name']);
  if (file === null || !/^LoraLoader(ModelOnly)?$/.test(class_type)) return;
  const strengthModel = number(inputs['strength_model']) ?? 1;
  const strengthClip = class_type === 'LoraLoader' ? (number(inputs['strength_clip']) ?? 1) : null;
  found.loras.push({ file, strengthModel, strengthClip });
}

function samplerFacts(workflow: Workflow, node: string): Components['samplers'][number] {
  const { inputs } = workflow[node]!;
  const source = (name: string): WorkflowNode['inputs'] => {
    const link = inputs[name];
    return isLink(link) && hasNode(workflow, link[0]) ? workflow[link[0]]!.inputs : {};
  };
  const sigmas = source('sigmas');
  return {
    node,
    sampler: text(inputs['sampler_name']) ?? text(source('sampler')['sampler_name']),
    scheduler: text(inputs['scheduler']) ?? text(sigmas['scheduler']),
    steps: number(inputs['steps']) ?? number(sigmas['steps']),
    cfg: number(inputs['cfg']) ?? number(source('guider')['cfg']),
    denoise: number(inputs['denoise']) ?? number(sigmas['denoise']),
  };
}

const text = (value: InputValue | undefined): string | null =>
  typeof value === 'string' ? value : null;
const number = (value: InputValue | undefined): number | null =>
  typeof value === 'number' ? value : null;
