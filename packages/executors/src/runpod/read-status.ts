import {
  fileNameOf,
  type JobWords,
  listOutputs,
  type OutputTags,
  stateOf,
  toSnapshot,
} from 'comfygen/http';
import type { JobFailure, JobSnapshot, Warning } from 'comfygen/plugin';
import { type JobStatus, readWorkerOutput } from './job-status.ts';
import { PART } from './options.ts';
import { readFailure } from './read-failure.ts';

const STATES: JobWords = {
  IN_QUEUE: 'queued',
  IN_PROGRESS: 'running',
  RUNNING: 'running',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'canceled',
  CANCELED: 'canceled',
  TIMED_OUT: 'failed',
};

/** The snapshot of a job that the service described. `hide` removes keys from the service's texts. */
export function readStatus(
  job: JobStatus,
  tags: OutputTags,
  hide: (text: string) => string,
): JobSnapshot {
  const isDone = stateOf(job.status, STATES) === 'succeeded';
  const { images, broken, errors, details } = readWorkerOutput(job.output);
  const files = images.map(({ filename }, place) => ({
    fileName: fileNameOf(filename, 'output.png'),
    ref: { place },
  }));
  const listed = listOutputs(isDone ? files : [], tags);
  const warnings: Warning[] = [];
  if (isDone)
    for (const error of errors) warnings.push({ code: 'output-error', message: hide(error) });
  if (isDone && broken > 0) {
    const message = `${broken} pictures came without name or data, and are left out.`;
    warnings.push({ code: 'output-broken', message });
  }
  return toSnapshot({
    part: PART,
    service: 'RunPod',
    word: job.status,
    states: STATES,
    outputs: listed.outputs,
    timings: { queuedMs: job.delayTime ?? undefined, runMs: job.executionTime ?? undefined },
    warnings: [...warnings, ...listed.warnings],
    hide,
    failure() {
      if (isDone) return missing(job.output);
      if (!/^timed_out$/i.test(job.status)) return readFailure(job.error, [...details, ...errors]);
      const message = 'RunPod stopped the job at its time limit: executionTimeoutMs gives it more.';
      return { code: 'SERVER_DEADLINE', message, retryable: true };
    },
  });
}

/** Another run would end as this one did. */
function missing(output: unknown): JobFailure {
  const message =
    output === undefined || output === null
      ? 'RunPod says that the job is done, but gives no output: it was too large to hand over, most likely. Give the worker a bucket, or ask for smaller or fewer pictures.'
      : 'The job is done without a picture: worker-comfyui hands over what SaveImage saves, and nothing else.';
  return { code: 'OUTPUT_MISSING', message, retryable: false };
}
