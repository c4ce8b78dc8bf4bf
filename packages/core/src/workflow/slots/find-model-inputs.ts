import type { InputValue, SlotRef, Workflow } from '../../spec/index.ts';
import { findModelFiles } from '../find-components.ts';
import { isLink } from '../graph.ts';
import { literalAt } from '../literal-inputs.ts';
import { traceNumber } from './trace-number.ts';

/** What the files of a folder go by, where that isn't the folder's name in the singular. */
const NAMES: Record<string, string> = {
  vae: 'vae',
  upscale_models: 'upscaler',
  latent_upscale_models: 'latent-upscaler',
  controlnet: 'control-net',
  clip_vision: 'clip-vision',
  model_patches: 'model-patch',
};

/** What a file goes by in a class that nobody knows here, by the name of the input or of the class. */
const BY_WORDS: [pattern: RegExp, name: string][] = [
  [/lora/i, 'lora'],
  [/ckpt|checkpoint/i, 'checkpoint'],
  [/vae/i, 'vae'],
  [/clip_?vision/i, 'clip-vision'],
  [/control_?net/i, 'control-net'],
  [/upscale/i, 'upscaler'],
  [/clip|text_?enc|t5|llama|bert/i, 'text-encoder'],
  [/unet|diffusion|gguf|transformer/i, 'diffusion-model'],
];

const kebab = (text: string): string =>
  text
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase();

/**
 * The files of models by what they are, those of LoRAs too, and LoRAs' strengths by the files' names. Equal files
 * share a name; a second one is `checkpoint-2`.
 */
export function findModelInputs(workflow: Workflow): { [name: string]: SlotRef[] } {
  const found: { [name: string]: SlotRef[] } = {};
  const files = new Map<string, string>();
  /** A name that is this file's alone. */
  const nameFor = (base: string, file: string): string => {
    for (let place = 1; ; place += 1) {
      const name = place === 1 ? base : `${base}-${place}`;
      if ((files.get(name) ?? file) !== file) continue;
      files.set(name, file);
      return name;
    }
  };
  const add = (name: string, refs: SlotRef[]) => {
    if (refs.length > 0) found[name] = [...(found[name] ?? []), ...refs];
  };
  for (const { node, input, folder, file } of findModelFiles(workflow)) {
    const places = placesOf(workflow, { node, input }, file);
    for (const place of places) {
      const base = folder === null ? nameOfPlace(workflow, place) : nameOfFolder(folder);
      if (base !== 'lora') {
        add(nameFor(base, file), [place]);
        continue;
      }
      add(nameFor('lora', file), [place]);
      const { model, clip } = strengthsBeside(workflow, place);
      const name = nameFor(
        `lora:${kebab(file.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, ''))}`,
        file,
      );
      // One number may be both.
      const own = clip.filter((ref) => !model.some((one) => isSame(one, ref)));
      add(name, [...model, ...own]);
      if (model.length > 0) add(`${name}:clip`, own);
    }
  }
  return found;
}

function nameOfFolder(folder: string): string {
  return NAMES[folder] ?? kebab(folder.replace(/s$/, ''));
}

function nameOfPlace(workflow: Workflow, { node, input }: SlotRef): string {
  const { class_type } = workflow[node]!;
  const told = (words: string) => BY_WORDS.find(([pattern]) => pattern.test(words))?.[1];
  const isLoader = /load|checkpoint/i.test(class_type);
  const name = told(input) ?? (isLoader ? told(class_type) : undefined);
  // A `ckpt_name` of what loads no model of this kind, such as one that makes up frames, is something else.
  return name !== undefined && (isLoader || name === 'lora') ? name : 'model';
}

/** The input itself, or where its value holds others, those of them in which the file stands. */
function placesOf(workflow: Workflow, { node, input }: SlotRef, file: string): SlotRef[] {
  const value = literalAt(workflow, { node, input });
  if (value === file) return [{ node, input }];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value)
    .filter(([, one]) => one === file)
    .map(([key]) => ({ node, input: `${input}.${key}` }));
}

const STRENGTH = /strength|_str(_|$)|weight|_wt(_|$)|multiplier|scale/i;

const isSame = (a: SlotRef, b: SlotRef) => a.node === b.node && a.input === b.input;

/** The numbers beside a file: of one of many in a node, those that are numbered like it. */
function strengthsBeside(workflow: Workflow, { node, input }: SlotRef) {
  const { inputs } = workflow[node]!;
  const [outer, inner] = Object.hasOwn(inputs, input) ? [] : input.split(/\.(?=[^.]*$)/);
  const number = (name: string) => /\d+/.exec(name)?.[0];
  const held = inner === undefined ? inputs : (inputs[outer!] as { [key: string]: InputValue });
  const names = Object.keys(held).filter(
    (name) => STRENGTH.test(name) && (inner !== undefined || number(name) === number(input)),
  );
  const refsOf = (name: string): SlotRef[] => {
    if (inner === undefined) return traceNumber(workflow, node, name);
    return isLink(held[name]) || typeof held[name] !== 'number'
      ? []
      : [{ node, input: `${outer}.${name}` }];
  };
  const isClip = (name: string) => /clip|text_?enc|two/i.test(name);
  return {
    model: names.filter((name) => !isClip(name)).flatMap(refsOf),
    clip: names.filter(isClip).flatMap(refsOf),
  };
}
