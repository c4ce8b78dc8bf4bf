import { checkGraph, tagOutputs } from 'comfygen/http';
import { ComfygenError, type JsonObject, type Plan, type Warning } from 'comfygen/plugin';
import { stringifyWorkflow } from 'comfygen/workflow';
import { PART, type Settings } from './options.ts';
import type { RefData } from './prediction.ts';
import { checkPromptTraps } from './prompt-traps.ts';

/** Textual inversions of the model, as of 2025-11; `weights.EMBEDDINGS` says better. */
const EMBEDDINGS = [
  'bad_prompt_version2-neg',
  'easynegative',
  'epiCNegative',
  'epiCRealism',
  'FastNegativeV2',
  'joel-illustrations-05-09-onblack_emb',
  'JuggernautNegative-neg',
  'negative_hand-neg',
  'ng_deepnegative_v1_75t',
  'realisticvision-negative-embedding',
  'verybadimagenegative_v1',
];

/** The model's input for a plan, and what its job's reference keeps. Throws before any request. */
export function prepareInput(
  plan: Plan,
  settings: Settings,
  isUpload: (value: string) => boolean,
): { input: JsonObject; data: RefData } {
  checkGraph(plan, PART);
  const { workflow: own, file } = takeUpload(plan.workflow, isUpload);
  if (file && settings.inputFile) throw tooMany();
  const inputFile = file?.url ?? settings.inputFile;
  const inputName = file?.name ?? (settings.inputFile && '*');
  const { weights } = settings;
  const warnings: Warning[] = checkPromptTraps(
    { workflow: own },
    {
      weights: weights && Object.values(weights).flat(),
      embeddings: (weights?.['EMBEDDINGS'] ?? EMBEDDINGS).map((name) => name.split('.')[0]!),
      inputName,
    },
  );
  const { workflow, tags } = tagOutputs({ workflow: own, outputNodes: plan.outputNodes });
  const input: JsonObject = {
    workflow_json: stringifyWorkflow(workflow),
    // The model's own defaults roll other seeds and encode anew, with losses.
    randomise_seeds: false,
    output_format: 'png',
    output_quality: 100,
    return_temp_files: settings.tempFiles ?? false,
    ...(inputFile && { input_file: inputFile }),
  };
  return { input, data: { tags, nodes: Object.keys(workflow).length, warnings } };
}

/** Takes the one uploaded file out of the graph: the model puts it into its input folder as `input.<ext>`. */
function takeUpload(
  workflow: Plan['workflow'],
  isUpload: (value: string) => boolean,
): { workflow: Plan['workflow']; file: { url: string; name: string } | undefined } {
  let file: { url: string; name: string } | undefined;
  const entries = Object.entries(workflow).map(([id, node]) => {
    const inputs = Object.entries(node.inputs).map(([input, value]) => {
      if (typeof value !== 'string' || !isUpload(value)) return [input, value];
      const given = { url: value.replace(/#[^#]*$/, ''), name: `input.${extensionOf(value)}` };
      if (file && file.url !== given.url) throw tooMany();
      file = given;
      return [input, given.name];
    });
    return [id, { ...node, inputs: Object.fromEntries(inputs) }];
  });
  const taken = Object.fromEntries(entries) as Plan['workflow'];
  return { workflow: file ? taken : workflow, file };
}

function extensionOf(value: string): string {
  const type = /^data:\w+\/([\w-]+)/.exec(value)?.[1] ?? /#.*\.(\w+)$/.exec(value)?.[1] ?? 'png';
  return type === 'jpeg' ? 'jpg' : type;
}

function tooMany(): ComfygenError {
  return new ComfygenError(
    'UNSUPPORTED',
    'The model takes one uploaded file a job. Give the others as public URLs, or all of them as an archive in inputFile.',
    { part: PART },
  );
}
