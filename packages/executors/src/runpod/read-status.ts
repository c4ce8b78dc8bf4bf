import { fileNameOf, listOutputs, type OutputTags } from 'comfygen/http';
import type { JobFailure, JobSnapshot, JobState, Warning } from 'comfygen/plugin';
import { type JobStatus, readWorkerOutput } from './job-status.ts';
import { readFailure } from './read-failure.ts';

const STATES: { [status: string]: JobState } = {
  IN_QUEUE: 'queued',
  IN_PROGRESS: 'running',
  RUNNING: 'running',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'canceled',
  CANCELED: 'canceled',
  TIMED_OUT: 'failed',
};

/** A job as a snapshot. `hide` takes keys out of what the service says. */
export function readStatus(
  job: JobStatus,
  tags: OutputTags,
  hide: (text: string) => string,
): JobSnapshot {
  const word = job.status.toUpperCase();
  const state = Object.hasOwn(STATES, word) ? STATES[word]! : undefined;
  const warnings: Warning[] = [];
  if (state === undefined) {
    const message = `RunPod calls the job "${job.status}", a word that is not known; it counts as running.`;
    warnings.push({ code: 'unknown-state', message });
  }
  const base: JobSnapshot = {
    state: state ?? 'running',
    rawState: job.status,
    outputs: [],
    timings: { queuedMs: job.delayTime ?? undefined, runMs: job.executionTime ?? undefined },
    warnings,
  };
  const failed = (failure: JobFailure): JobSnapshot => ({
    ...base,
    state: 'failed',
    failure: { ...failure, message: hide(failure.message) },
  });

  const { images, broken, errors, details } = readWorkerOutput(job.output);
  if (word === 'TIMED_OUT') {
    const message = 'RunPod stopped the job at its time limit: executionTimeoutMs gives it more.';
    return failed({ code: 'SERVER_DEADLINE', message, retryable: true });
  }
  if (state === 'failed') return failed(readFailure(job.error, [...details, ...errors]));
  if (state !== 'succeeded') return base;
  for (const error of errors) warnings.push({ code: 'output-error', message: hide(error) });
  if (broken > 0) {
    const message = `${broken} pictures came without name or data, and are left out.`;
    warnings.push({ code: 'output-broken', message });
  }
  if (images.length === 0) return failed(missing(job.output));
  const files = images.map(({ filename }, place) => ({
    fileName: fileNameOf(filename, 'output.png'),
    ref: { place },
  }));
  const listed = listOutputs(files, tags);
  warnings.push(...listed.warnings);
  return { ...base, outputs: listed.outputs };
}

/** Another run would end as this one did. */
function missing(output: unknown): JobFailure {
  const message =
    output === undefined || output === null
      ? 'RunPod says that the job is done, but gives no output: it was too large to hand over, most likely. Give the worker a bucket, or ask for smaller or fewer pictures.'
      : 'The job is done without a picture: worker-comfyui hands over what SaveImage saves, and nothing else.';
  return { code: 'OUTPUT_MISSING', message, retryable: false };
}
