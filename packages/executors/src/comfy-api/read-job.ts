import { failureOfText, fileNameOf, type JobWords, stateOf, toSnapshot } from 'comfygen/http';
import type {
  ErrorCode,
  JobFailure,
  JobOutput,
  JobProgress,
  JobSnapshot,
  Warning,
} from 'comfygen/plugin';
import type { Job, JobFile } from './job.ts';
import { PART } from './options.ts';

export const STATES: JobWords = {
  queued: 'queued',
  running: 'running',
  canceling: 'canceling',
  succeeded: 'succeeded',
  canceled: 'canceled',
  cancelled: 'canceled',
  failed: 'failed',
  expired: 'expired',
};
const KINDS: readonly string[] = ['image', 'video', 'audio', 'text'];
/** How ComfyUI names what PreviewImage shows. */
const PREVIEW = /^ComfyUI_temp_/;

/** The snapshot of a job that the service described. `hide` removes keys from the service's texts. */
export function readJob(
  job: Job,
  { previewOutputs, hide }: { previewOutputs: boolean; hide(text: string): string },
): JobSnapshot {
  const { queue_position, progress, metrics } = job;
  const warnings: Warning[] = [];
  const { kept, skipped } = chooseFiles(job.outputs ?? [], previewOutputs);
  if (skipped > 0) {
    const message = `${skipped} preview images are left out: previewOutputs gives them.`;
    warnings.push({ code: 'preview-outputs-skipped', message });
  }
  return toSnapshot({
    part: PART,
    service: 'Comfy API',
    word: job.status,
    states: STATES,
    outputs: kept.map(readOutput),
    progress: progress ? readProgress(progress) : undefined,
    queuePosition: queue_position ?? undefined,
    timings: { queuedMs: count(metrics?.['queue_ms']), runMs: count(metrics?.['execution_ms']) },
    warnings,
    hide,
    failure: () => (stateOf(job.status, STATES) === 'failed' ? readFailure(job) : NO_FILE),
  });
}

/** Another run would end as this one did. */
const NO_FILE: JobFailure = {
  code: 'OUTPUT_MISSING',
  message: 'The job succeeded without a file: the graph may have no node that saves one.',
  retryable: false,
};

/** The output for a file of a job. Its link is left out, since it may be signed. */
export function readOutput(file: JobFile, index: number): JobOutput {
  const { id, node_id, name, type, content_type, size_bytes } = file;
  return {
    nodeId: node_id ?? null,
    index,
    kind: KINDS.includes(type) ? (type as JobOutput['kind']) : 'file',
    fileName: fileNameOf(name),
    mediaType: content_type ?? null,
    ref: { asset: id, ...(typeof size_bytes === 'number' && { bytes: size_bytes }) },
  };
}

/** The progress that the service gave, with the fraction limited to 0 to 1. */
export function readProgress(progress: NonNullable<Job['progress']>): JobProgress {
  const { value, current_node, current_node_class, step, steps } = progress;
  return {
    fraction: Math.min(1, Math.max(0, value)),
    node: current_node ?? undefined,
    classType: current_node_class ?? undefined,
    step: step ?? undefined,
    steps: steps ?? undefined,
  };
}

function chooseFiles(files: JobFile[], previewOutputs: boolean) {
  const saved = files.filter(({ name }) => !PREVIEW.test(name));
  // A graph that only shows pictures is meant to give those.
  const kept = previewOutputs || saved.length === 0 ? files : saved;
  return { kept, skipped: files.length - kept.length };
}

const CODES: [RegExp, ErrorCode][] = [
  [/invalid_workflow/, 'INVALID_WORKFLOW'],
  [/missing_asset/, 'MISSING_INPUT'],
  [/credit/, 'PAYMENT'],
];

function readFailure({ error, status }: Job): JobFailure {
  const word = error?.code ?? '';
  const told = error?.message || word || `the job ended as ${status}`;
  const sure = CODES.find(([words]) => words.test(word))?.[1];
  const nodeId = error?.node_id ?? undefined;
  const classType = error?.class_type ?? undefined;
  const where =
    nodeId === undefined ? '' : ` in node ${nodeId}${classType ? ` (${classType})` : ''}`;
  const { code, retryable } = sure
    ? { code: sure, retryable: false }
    : failureOfText(`${word} ${told}`);
  return { code, message: told + where, retryable, nodeId, classType };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
