import { fileNameOf, listOutputs, type OutputTags, readTags } from 'comfygen/http';
import type { JobFailure, JobSnapshot, JobState, Warning } from 'comfygen/plugin';
import { z } from 'zod';
import { failureOf } from './read-failure.ts';
import type { Run } from './run.ts';

/** By its words in capitals. Only those that end a run are sure: all others go on. */
const STATES: { readonly [status: string]: JobState } = {
  QUEUED: 'queued',
  PENDING: 'queued',
  INIT: 'queued',
  STARTED: 'running',
  RUNNING: 'running',
  COMPLETED: 'succeeded',
  ERROR: 'failed',
  FAILED: 'failed',
  TIMEOUT: 'failed',
  INSUFFICIENT_CREDIT: 'failed',
  CANCELLED: 'canceled',
  CANCELED: 'canceled',
};

/** A run as a snapshot; `hide` takes the executor's keys out of what the service says. */
export function readRun(run: Run, known: OutputTags, hide: (text: string) => string): JobSnapshot {
  const rawState = run.status;
  const word = rawState.trim().toUpperCase();
  const state = Object.hasOwn(STATES, word) ? STATES[word]! : undefined;
  const warnings: Warning[] = [];
  if (run.visibility?.toUpperCase() === 'PUBLIC') {
    const message = 'The run is public: ComfyICU may list its prompt and its pictures.';
    warnings.push({ code: 'public-run', message });
  }
  if (state === undefined) {
    const message = `ComfyICU calls the run "${rawState}", a word that is not known; it counts as running.`;
    warnings.push({ code: 'unknown-state', message });
  }
  const base = { rawState, timings: timingsOf(run) };
  const failed = (failure: JobFailure): JobSnapshot => ({
    ...base,
    state: 'failed',
    outputs: [],
    failure: { ...failure, message: hide(failure.message) },
    warnings,
  });
  if (state === 'failed') return failed(failureOf(run, word));
  if (state !== 'succeeded') return { ...base, state: state ?? 'running', outputs: [], warnings };
  const tags =
    Object.keys(known).length > 0 ? known : readTags(run.data?.prompt ?? run.workflow_api);
  const listed = listOutputs(filesOf(run.output), tags);
  warnings.push(...listed.warnings);
  if (listed.outputs.length > 0)
    return { ...base, state, progress: { fraction: 1 }, outputs: listed.outputs, warnings };
  // An error may stand where the files should be.
  const told = failureOf(run, '');
  const message = 'The run is complete, but has no file: the graph may have no output node.';
  const nothing = { code: 'OUTPUT_MISSING', message, retryable: true };
  return failed(told.code === 'EXECUTION_FAILED' && !told.nodeId ? nothing : told);
}

const file = z.object({
  filename: z.string().nullish().catch(undefined),
  url: z.string().min(1),
});

function filesOf(output: unknown) {
  const files = (Array.isArray(output) ? output : []).flatMap((item) => {
    const read = file.safeParse(item);
    return read.success ? [read.data] : [];
  });
  return files.map(({ filename, url }, place) => ({
    fileName: fileNameOf(filename || url, `output-${place}`),
    ref: { url },
  }));
}

/** `run_time` comes in two units, so times tell how long. */
function timingsOf({ created_at, started_at, completed_at }: Run) {
  const [created, started, completed] = [created_at, started_at, completed_at].map((text) =>
    Date.parse(text ?? ''),
  );
  const between = (from = Number.NaN, to = Number.NaN) =>
    Number.isNaN(to - from) ? undefined : Math.max(0, to - from);
  return { queuedMs: between(created, started), runMs: between(started, completed) };
}
