import type { Clock } from 'comfygen/plugin';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { NodeFailure } from '../comfyui/graph-run.ts';
import { judgePrompt } from '../comfyui/judge-prompt.ts';
import type { FakeTimeline } from '../comfyui/paint-graph.ts';
import { type PaintedFile, paintJob } from '../paint-job.ts';
import { pythonRepr } from '../python-values.ts';

/** What a handler of RunPod returns: with `error` in it the job fails. */
export type HandlerResult = Record<string, unknown>;

/** What the fake worker is given besides its input. */
export interface ComfyWorkerOptions {
  clock: Clock;
  info: NodeCatalogue;
  models: { [folder: string]: readonly string[] };
  timeline: FakeTimeline & { errors?: readonly string[] | undefined };
  signal: AbortSignal;
  /** Stores a file in a bucket and gives its address; where absent, pictures come in base64. */
  bucket?: ((file: PaintedFile) => string) | undefined;
}

interface JobInput {
  workflow?: unknown;
  images?: unknown;
}

/** Runs a job as the handler of worker-comfyui 5 does, on a ComfyUI without models. */
export async function handleJob(
  input: JobInput | undefined,
  options: ComfyWorkerOptions,
): Promise<HandlerResult> {
  const { clock, info, models, timeline, signal, bucket } = options;
  const inputs = inputFiles(input);
  if (typeof inputs === 'string') return { error: inputs };
  const workflow = input?.workflow as Workflow;
  const checks = { info, models, unknownClass: 'missing_node_type' as const };
  const verdict = judgePrompt(workflow, { ...checks, hasInput: (name) => inputs.has(name) });
  if (verdict === undefined) return { error: 'Error queuing workflow: 500 Server Error' };
  if (verdict.error) return { error: refusal(verdict, models['checkpoints'] ?? []) };

  const errors = [...(timeline.errors ?? [])];
  const images: Record<string, unknown>[] = [];
  let node = '';
  const start = (id: string) => {
    node = id;
  };
  try {
    const files = await paintJob(workflow, {
      ...{ clock, info, timeline, signal, hooks: { start } },
      readInput: (name) => inputs.get(name),
    });
    for (const file of files.filter(({ temp }) => !temp)) {
      const data = bucket ? bucket(file) : Buffer.from(file.bytes).toString('base64');
      images.push({ filename: file.name, type: bucket ? 's3_url' : 'base64', data });
    }
  } catch (error) {
    if (!(error instanceof NodeFailure)) throw error;
    const where = `Node Type: ${workflow[node]?.class_type}, Node ID: ${node}`;
    errors.push(`Workflow execution error: ${where}, Message: ${error.message}\n`);
  }
  if (images.length === 0 && errors.length > 0)
    return { error: 'Job processing failed', details: errors };
  if (images.length === 0) return { status: 'success_no_images', images: [] };
  return { images, ...(errors.length > 0 && { errors }) };
}

/** The input pictures by name, or what is wrong with the input. */
function inputFiles(input: JobInput | undefined): Map<string, Uint8Array> | string {
  if (input === undefined) return 'Please provide input';
  if (input.workflow === undefined) return "Missing 'workflow' parameter";
  const images = (input.images ?? []) as { name?: unknown; image?: unknown }[];
  const bad = "'images' must be a list of objects with 'name' and 'image' keys";
  if (!Array.isArray(images)) return bad;
  const whole = images.every(
    ({ name, image }) => typeof name === 'string' && typeof image === 'string',
  );
  if (!whole) return bad;
  return new Map(
    images.map(({ name, image }) => [String(name), Buffer.from(String(image), 'base64')]),
  );
}

function refusal(
  { error, node_errors }: NonNullable<ReturnType<typeof judgePrompt>>,
  checkpoints: readonly string[],
): string {
  const failed = error?.type === 'prompt_outputs_failed_validation';
  const message = failed ? 'Workflow validation failed' : String(error?.message);
  const lines = Object.entries(node_errors).flatMap(([id, fields]) =>
    Object.entries(fields).map(([name, value]) => {
      const told = typeof value === 'string' ? value : pythonRepr(value);
      return `Node ${id} (${name}): ${told}`;
    }),
  );
  if (lines.length === 0)
    return `${message}. Raw response: ${JSON.stringify({ error, node_errors })}`;
  const detailed = `${message}:\n${lines.map((line) => `• ${line}`).join('\n')}`;
  const model = lines.some((line) => line.includes('not in list') && line.includes('ckpt_name'));
  return model ? `${detailed}\n\nAvailable checkpoint models: ${checkpoints.join(', ')}` : detailed;
}
