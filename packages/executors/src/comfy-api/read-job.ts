import { codeOfText, fileNameOf } from 'comfygen/http';
import type {
  ErrorCode,
  JobFailure,
  JobOutput,
  JobProgress,
  JobSnapshot,
  JobState,
  Warning,
} from 'comfygen/plugin';
import type { Job, JobFile } from './job.ts';

const STATES: { [status: string]: JobState } = {
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

/** The state behind the service's word; `undefined` for one that we don't know. */
export function stateOf(status: string): JobState | undefined {
  const word = status.toLowerCase();
  return Object.hasOwn(STATES, word) ? STATES[word] : undefined;
}

/** A job as a snapshot. `hide` takes keys out of what the service says. */
export function readJob(
  job: Job,
  { previewOutputs, hide }: { previewOutputs: boolean; hide(text: string): string },
): JobSnapshot {
  const { status, queue_position, progress, metrics } = job;
  const warnings: Warning[] = [];
  const state = stateOf(status);
  if (state === undefined) {
    const message = `Comfy API calls the job "${status}", a word that is not known; it counts as running.`;
    warnings.push({ code: 'unknown-state', message });
  }
  const { kept, skipped } = chooseFiles(job.outputs ?? [], previewOutputs);
  if (skipped > 0) {
    const message = `${skipped} preview images are left out: previewOutputs gives them.`;
    warnings.push({ code: 'preview-outputs-skipped', message });
  }
  const snapshot: JobSnapshot = {
    state: state ?? 'running',
    rawState: status,
    progress: progress ? readProgress(progress) : undefined,
    queuePosition: queue_position ?? undefined,
    outputs: kept.map(readOutput),
    timings: { queuedMs: count(metrics?.['queue_ms']), runMs: count(metrics?.['execution_ms']) },
    warnings,
  };
  if (state === 'failed') return { ...snapshot, failure: readFailure(job, hide) };
  if (state !== 'succeeded' || kept.length > 0) return snapshot;
  const message = 'The job succeeded without a file: the graph may have no node that saves one.';
  const failure = { code: 'OUTPUT_MISSING', message, retryable: false };
  return { ...snapshot, state: 'failed', failure };
}

/** A file as an output; its link is left out, since it may be signed. */
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

/** Progress as it is told; a fraction outside of 0 to 1 is brought there. */
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
const RETRYABLE: readonly string[] = ['HOST_FAULT', 'SERVER_DEADLINE'];

function readFailure({ error, status }: Job, hide: (text: string) => string): JobFailure {
  const word = error?.code ?? '';
  const told = error?.message || word || `the job ended as ${status}`;
  const code = CODES.find(([words]) => words.test(word))?.[1] ?? codeOfText(`${word} ${told}`);
  const nodeId = error?.node_id ?? undefined;
  const classType = error?.class_type ?? undefined;
  const where =
    nodeId === undefined ? '' : ` in node ${nodeId}${classType ? ` (${classType})` : ''}`;
  const message = hide(`${told}${where}`);
  return { code, message, retryable: RETRYABLE.includes(code), nodeId, classType };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
