import type { Clock } from 'comfygen/plugin';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { parseWorkflow } from 'comfygen/workflow';
import { NodeFailure } from '../comfyui/graph-run.ts';
import { judgePrompt, type Verdict } from '../comfyui/judge-prompt.ts';
import type { FakeTimeline } from '../comfyui/paint-graph.ts';
import { type PaintedFile, paintJob } from '../paint-job.ts';

/** The input of one run of the model, and the state that it works with. */
export interface ModelRun {
  input: { [name: string]: unknown };
  clock: Clock;
  info: NodeCatalogue;
  /** The model's weights by group, as in its `weights.json`. */
  weights: { readonly [group: string]: readonly string[] };
  timeline: FakeTimeline;
  signal: AbortSignal;
  print(line: string): void;
}

/** The model's failure, with the text that the prediction's `error` gets. */
export class ModelError extends Error {}

const MEDIA = ['.png', '.jpg', '.jpeg', '.webp', '.mp4', '.webm'];
const WEIGHTS = ['.ckpt', '.safetensors', '.sft', '.pt', '.pth', '.bin', '.onnx', '.engine'];
const SEEDS = ['seed', 'noise_seed', 'rand_seed'];

/** Does what `comfyui/any-comfyui-workflow` does with its input: checks, downloads, a run of ComfyUI, encoding. */
export async function runModel(run: ModelRun): Promise<{ name: string; bytes: Uint8Array }[]> {
  const { input, print, info, weights, clock, timeline, signal } = run;
  const text = String(input['workflow_json'] ?? '');
  const given = JSON.parse(text) as Record<string, unknown>;
  if (['last_node_id', 'last_link_id', 'version'].some((key) => key in given))
    throw new ModelError('You must use the API JSON version of a ComfyUI workflow.');
  const workflow = parseWorkflow(text);
  for (const node of Object.values(workflow))
    if (node.inputs === undefined) throw new ModelError("'inputs'");
  const files = inputFiles(input['input_file']);
  takeInputs(workflow, files, print);
  takeWeights(workflow, weights, print);
  if (input['randomise_seeds'] !== false) rollSeeds(workflow, print);

  print('Running workflow');
  const models = Object.values(weights).flat();
  const verdict = judgePrompt(workflow, {
    info,
    models: foldersOf(weights, models),
    hasInput: (name) => files.has(name),
    unknownClass: 'missing_node_type',
  });
  if (verdict === undefined || verdict.error) {
    if (verdict) printRefusal(verdict, print);
    throw new ModelError(
      'ComfyUI Error – Your workflow could not be run. Please check the logs for details.',
    );
  }
  const made = await paint(workflow, files, { clock, info, timeline, signal, print });
  const kept = made.filter(({ temp }) => !temp || input['return_temp_files'] === true);
  return encode(kept, input).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Input files by name, with their bytes where a data URI brought them. */
type InputFiles = Map<string, Uint8Array | undefined>;

/** The one input file lands in the input folder under this name. */
function inputFiles(given: unknown): InputFiles {
  if (typeof given !== 'string') return new Map();
  const type = /^data:\w+\/(\w+)/.exec(given)?.[1] ?? /\.(\w+)$/.exec(given)?.[1] ?? 'png';
  const [, data] = /^data:[^,]*;base64,(.*)$/s.exec(given) ?? [];
  const bytes = data === undefined ? undefined : Buffer.from(data, 'base64');
  return new Map([[`input.${type === 'jpeg' ? 'jpg' : type}`, bytes]]);
}

function takeInputs(workflow: Workflow, files: InputFiles, print: ModelRun['print']): void {
  print('Checking inputs');
  const missing: string[] = [];
  for (const { class_type, inputs } of Object.values(workflow)) {
    if (class_type === 'LoraLoader' || class_type === 'LoraLoaderFromURL') continue;
    for (const [name, value] of Object.entries(inputs)) {
      if (typeof value !== 'string') continue;
      const base = value.slice(value.lastIndexOf('/') + 1);
      if (/^https?:\/\//.test(value)) {
        print(`Downloading ${value} to /tmp/inputs/${base}`);
        files.set(base, undefined);
        inputs[name] = base;
      } else if (MEDIA.some((end) => value.toLowerCase().endsWith(end)) && !files.has(base)) {
        print(`❌ /tmp/inputs/${base} not provided`);
        missing.push(`/tmp/inputs/${base}`);
      }
    }
  }
  if (missing.length > 0)
    throw new ModelError(`Missing required input files: ${missing.join(', ')}`);
  print('====================================');
}

function takeWeights(
  workflow: Workflow,
  weights: ModelRun['weights'],
  print: ModelRun['print'],
): void {
  print('Checking weights');
  const known = Object.values(weights).flat();
  for (const { inputs } of Object.values(workflow))
    for (const value of Object.values(inputs)) {
      if (typeof value !== 'string' || !WEIGHTS.some((end) => value.endsWith(end))) continue;
      if (!known.includes(value))
        throw new ModelError(
          `${value} unavailable. View the list of available weights: https://github.com/replicate/cog-comfyui/blob/main/supported_weights.md`,
        );
      print(`✅ ${value} loaded in 1.52s, size: 1.99MB`);
    }
  print('====================================');
}

function rollSeeds(workflow: Workflow, print: ModelRun['print']): void {
  for (const { inputs } of Object.values(workflow))
    for (const name of SEEDS) {
      const value = inputs[name];
      if (typeof value !== 'number' && typeof value !== 'bigint') continue;
      inputs[name] = Math.floor(Math.random() * 2 ** 32);
      print(`Randomising ${name} to ${inputs[name]}`);
    }
}

function foldersOf(weights: ModelRun['weights'], all: readonly string[]) {
  const own = Object.entries(weights).map(([group, names]) => [group.toLowerCase(), names]);
  const folders = ['checkpoints', 'loras', 'vae', 'text_encoders', 'diffusion_models'];
  return {
    ...Object.fromEntries(folders.map((folder) => [folder, all])),
    ...Object.fromEntries(own),
  };
}

/** As ComfyUI's log has it, each line stripped. */
function printRefusal({ error, node_errors }: Verdict, print: ModelRun['print']): void {
  for (const [id, { class_type, errors, dependent_outputs }] of Object.entries(node_errors)) {
    print(`[ComfyUI] Failed to validate prompt for output ${dependent_outputs[0]}:`);
    print(`[ComfyUI] * ${class_type} ${id}:`);
    for (const { type, message, details, extra_info } of errors) {
      const name = String(extra_info['input_name'] ?? '');
      const listed = `${name}: '${extra_info['received_value']}' not in (list of length 151)`;
      const told = { value_not_in_list: listed, required_input_missing: name }[type] ?? details;
      print(`[ComfyUI] - ${message}: ${told}`);
    }
    print('[ComfyUI] Output will be ignored');
  }
  print(`[ComfyUI] invalid prompt: ${python(error)}`);
}

/** A value as Python prints it. */
function python(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string')
    return value.includes("'") && !value.includes('"')
      ? `"${value}"`
      : `'${value.replaceAll("'", "\\'")}'`;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `'${key}': ${python(item)}`);
  return `{${entries.join(', ')}}`;
}

async function paint(
  workflow: Workflow,
  files: InputFiles,
  { clock, info, timeline, signal, print }: Omit<ModelRun, 'input' | 'weights'>,
): Promise<PaintedFile[]> {
  let node = '';
  const start = (id: string) => {
    node = id;
    const { class_type, _meta } = workflow[id]!;
    print(`Executing node ${id}, title: ${_meta?.title ?? 'Unknown'}, class type: ${class_type}`);
  };
  const step = (_id: string, value: number, max: number) => {
    const done = Math.floor((value / max) * 100);
    print(`[ComfyUI] ${done}%|${'█'.repeat(done / 10)}| ${value}/${max} [00:01<00:03,  4.88it/s]`);
  };
  try {
    return await paintJob(workflow, {
      ...{ clock, info, timeline, signal, hooks: { start, step } },
      readInput: (name) => files.get(name),
    });
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    const data = {
      prompt_id: 'ae5d1bc4-2d7c-4c4b-9d9a-6b4b3f2b6a11',
      node_id: node,
      node_type: workflow[node]?.class_type,
      executed: [],
      exception_message: error.message,
      exception_type: error.exceptionType,
      traceback: [],
      current_inputs: {},
      current_outputs: [],
    };
    const message = JSON.stringify({ type: 'execution_error', data }, null, 2);
    throw new ModelError(`There was an error executing your workflow:\n\n${message}`);
  }
}

/** WebP of quality 95 is what the model gives unless it is told otherwise. Nothing here can encode it: a stand-in. */
function encode(files: readonly PaintedFile[], input: ModelRun['input']) {
  const { output_format: format = 'webp', output_quality: quality = 95 } = input;
  if (format === 'png' && quality === 100) return files.map(({ name, bytes }) => ({ name, bytes }));
  return files.map(({ name, bytes }) => {
    const head = Buffer.from('RIFF\0\0\0\0WEBPlossy');
    head.writeUInt32LE(bytes.length + head.length - 8, 4);
    const lossy = Buffer.concat([head, bytes]);
    return { name: name.replace(/\.\w+$/, `.${String(format)}`), bytes: new Uint8Array(lossy) };
  });
}
