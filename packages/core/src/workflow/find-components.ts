import type { Components, InputValue, Workflow, WorkflowNode } from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';
import { compareIds, hasNode, isLink, requireShape } from './graph.ts';
import { modelFolder, modelFolders } from './model-folders.ts';
import { factOf } from './slots/node-facts.ts';

const KINDS = {
  checkpoints: 'checkpoints',
  diffusion_models: 'diffusionModels',
  text_encoders: 'textEncoders',
  vae: 'vaes',
  upscale_models: 'upscalers',
} as const;
const SAMPLERS = new Set([
  'KSampler',
  'KSamplerAdvanced',
  'SamplerCustom',
  'SamplerCustomAdvanced',
]);

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
    otherModels: [],
    samplers: [],
  };
  for (const { node, folder, file } of findModelFiles(workflow)) {
    if (folder === 'loras') found.loras.push({ file, ...strengthsOf(workflow[node]!) });
    const kind = folder === null ? 'otherModels' : factOf(KINDS, folder);
    if (kind !== undefined && !found[kind].includes(file)) found[kind].push(file);
  }
  for (const id of Object.keys(workflow).sort(compareIds)) {
    if (SAMPLERS.has(workflow[id]!.class_type)) found.samplers.push(samplerFacts(workflow, id));
  }
  return found;
}

/** A loader for the model alone has no strength for the text encoder. */
function strengthsOf({ class_type, inputs }: WorkflowNode) {
  const strengthClip = /ModelOnly$/.test(class_type)
    ? null
    : (number(inputs['strength_clip']) ?? 1);
  return { strengthModel: number(inputs['strength_model']) ?? 1, strengthClip };
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

/** A model file that an input names. */
export interface NamedModel {
  node: string;
  input: string;
  /** The folder in which ComfyUI looks for it; `null` for an input of a class that nobody knows here. */
  folder: string | null;
  file: string;
}

const MODEL_FILE = /^[^\n]{0,250}\.(safetensors|sft|gguf|ckpt|pth?|bin|onnx|engine|pkl)$/i;

/**
 * The model files that a graph names, base models first, then in the order of node ids, those of no known folder
 * last; not what ComfyUI brings itself (`pixel_space`, config files). In classes that nobody knows here a file is
 * known by its ending.
 */
export function findModelFiles(workflow: Workflow): NamedModel[] {
  const found: NamedModel[] = [];
  for (const node of Object.keys(workflow).sort(compareIds)) {
    const { class_type, inputs } = workflow[node]!;
    for (const input of Object.keys(inputs).sort()) {
      const folder = modelFolder(class_type, input);
      const value = inputs[input];
      const texts =
        typeof value === 'string' ? [value] : folder === undefined ? textsIn(value) : [];
      for (const file of texts) {
        const isModel =
          folder === undefined
            ? MODEL_FILE.test(file) && !file.includes('://')
            : folder !== 'configs' && (folder !== 'vae' || /\.\w+$/.test(file));
        if (isModel) found.push({ node, input, folder: folder ?? null, file });
      }
    }
  }
  const last = modelFolders.length;
  const rank = ({ folder }: NamedModel) => (folder === null ? last : modelFolders.indexOf(folder));
  return found.sort((a, b) => rank(a) - rank(b));
}

/** The texts of a value that holds others, such as one line of a stack of LoRAs. */
function textsIn(value: InputValue | undefined): string[] {
  if (isLink(value) || !(Array.isArray(value) || isObject(value))) return [];
  return Object.values(value as { [key: string]: InputValue }).flatMap((one) =>
    typeof one === 'string' ? [one] : textsIn(one),
  );
}
