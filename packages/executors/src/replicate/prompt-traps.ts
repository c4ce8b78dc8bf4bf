import { type GraphIssue, refuse } from 'comfygen/http';
import type { Plan, Warning } from 'comfygen/plugin';
import { PART } from './options.ts';

/** What the model takes for a picture or film of its input folder. */
const MEDIA = /\.(png|jpe?g|webp|mp4|webm)$/i;
/** What it takes for a weight that it has to fetch; in this case only. */
const WEIGHT = /\.(ckpt|safetensors|sft|pth?|bin|onnx|torchscript|engine|patch)$/;
/** Classes that it lets bring weights from elsewhere. */
const OWN_WEIGHTS = ['HFHubLoraLoader', 'LoraLoaderFromURL'];
/** Inputs where an address is meant to be one. */
const ADDRESS_INPUT = /^(image|video|audio|mask|file|url|.*_url|.*_path|path)$/;

/** Inputs where a name is one of a file, even with a space in it. */
const FILE_INPUT = /_name\d?$|^(image|video|audio|mask|file|path)$/;

/** What is known about the model that will run the graph. */
export interface TrapOptions {
  /** Names of its weights; `undefined` where they are not known. */
  weights: readonly string[] | undefined;
  /** Names of its textual inversions, without their ending. */
  embeddings: readonly string[];
  /** A file that is there under this name; `*` for an archive whose content is not known. */
  inputName: string | undefined;
}

/**
 * The model reads every text of a graph, prompts included: one that begins like an address is fetched, one that
 * ends like a file must be there. Refuses what would fail, or be replaced, once it runs; gives warnings for the rest.
 *
 * @throws INVALID_WORKFLOW for a prompt, MISSING_INPUT for a picture, MISSING_MODEL for a weight that is not there
 */
export function checkPromptTraps(
  { workflow }: Pick<Plan, 'workflow'>,
  options: TrapOptions,
): Warning[] {
  const prompts: GraphIssue[] = [];
  const files: GraphIssue[] = [];
  const models: GraphIssue[] = [];
  const touched = new Set<string>();
  for (const [nodeId, { class_type, inputs }] of Object.entries(workflow)) {
    const ownWeights = OWN_WEIGHTS.includes(class_type);
    for (const [input, value] of Object.entries(inputs)) {
      if (typeof value !== 'string') continue;
      const add = (to: GraphIssue[], what: string) =>
        to.push({ nodeId, input, message: `${input} of node ${nodeId} ${what}` });
      const isProse = /\s/.test(value.trim()) && !FILE_INPUT.test(input);
      const ending = /\.\w+$/.exec(value)?.[0];
      if (/^https?:\/\//.test(value)) {
        const meant = ADDRESS_INPUT.test(input) || ownWeights || class_type === 'LoraLoader';
        if (isProse || !meant)
          add(
            prompts,
            'begins with an address, which the model would fetch and put a file name in its place',
          );
      } else if (MEDIA.test(value) && !ownWeights && class_type !== 'LoraLoader') {
        const there = options.inputName === '*' || value === options.inputName;
        if (isProse) add(prompts, `ends with ${ending}, which the model takes for an input file`);
        else if (!there) add(files, `names ${value}, which is not uploaded`);
      } else if (WEIGHT.test(value) && !ownWeights) {
        const name = value.replace(/\.sft$/, '.safetensors');
        const shadow = options.embeddings.find((one) => value.includes(one));
        if (isProse) add(prompts, `ends with ${ending}, which the model takes for a weight`);
        else if (options.weights && !options.weights.includes(name))
          add(models, `names ${value}, which the model does not have`);
        else if (shadow && !name.startsWith(`${shadow}.`))
          add(models, `names ${value}, which the model takes for its embedding ${shadow}`);
      } else for (const name of options.embeddings) if (value.includes(name)) touched.add(name);
    }
  }
  refuse('INVALID_WORKFLOW', prompts, PART);
  refuse('MISSING_INPUT', files, PART);
  refuse('MISSING_MODEL', models, PART);
  if (touched.size === 0) return [];
  const message = `The model fetches embeddings because texts of the graph name them: ${[...touched].join(', ')}.`;
  return [{ code: 'embeddings-fetched', message }];
}
