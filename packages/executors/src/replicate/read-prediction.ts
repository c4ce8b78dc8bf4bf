import { fileNameOf, listOutputs } from 'comfygen/http';
import type { JobFailure, JobSnapshot, JobState, Warning } from 'comfygen/plugin';
import { type Prediction, type RefData, timeOf } from './prediction.ts';
import { failureOf } from './read-failure.ts';
import { progressOf } from './read-logs.ts';

const STATES: { readonly [status: string]: JobState } = {
  starting: 'queued',
  processing: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  // Its Cancel-After came before it began.
  aborted: 'failed',
};

/** A prediction as a snapshot; `hide` takes the executor's keys out of what the service says. */
export function readPrediction(
  made: Prediction,
  data: RefData,
  hide: (text: string) => string,
): JobSnapshot {
  const rawState = made.status;
  const status = rawState.toLowerCase();
  const logs = made.logs ?? '';
  const warnings: Warning[] = [...data.warnings];
  if (!Object.hasOwn(STATES, status)) {
    const message = `Replicate calls the job "${rawState}", a word that is not known; it counts as running.`;
    warnings.push({ code: 'unknown-state', message });
  }
  const base = { rawState, timings: timingsOf(made) };
  const state = STATES[status] ?? 'running';
  const failed = (failure: JobFailure): JobSnapshot => ({
    ...base,
    state: 'failed',
    outputs: [],
    failure: { ...failure, message: hide(failure.message) },
    warnings,
  });

  if (status === 'aborted' || (state === 'canceled' && pastDeadline(made))) {
    const message = 'The service stopped the job at the time limit that it was given.';
    return failed({ code: 'SERVER_DEADLINE', message, retryable: true });
  }
  if (state === 'failed') return failed(failureOf(made.error, logs));
  if (state === 'succeeded') {
    if (made.data_removed) return { ...base, state: 'expired', outputs: [], warnings };
    const listed = listOutputs(filesOf(made.output), data.tags);
    warnings.push(...listed.warnings);
    if (listed.outputs.length === 0) {
      const message = 'The job succeeded without a file: the graph may have no output node.';
      return failed({ code: 'OUTPUT_MISSING', message, retryable: true });
    }
    return { ...base, state, progress: { fraction: 1 }, outputs: listed.outputs, warnings };
  }
  return { ...base, state, progress: progressOf(logs, data.nodes), outputs: [], warnings };
}

/** `output` is a list of URLs; one alone, and files as data URIs, are taken too. */
function filesOf(output: unknown) {
  const list = Array.isArray(output) ? output : [output];
  const urls = list.filter((item): item is string => typeof item === 'string' && item !== '');
  return urls.map((url, place) => {
    const type = /^data:\w+\/(\w+)/.exec(url)?.[1];
    const fileName = type ? `output-${place}.${type}` : fileNameOf(url, `output-${place}`);
    return { fileName, ref: { url } };
  });
}

function timingsOf({ created_at, started_at, completed_at, metrics }: Prediction) {
  const [created, started, completed] = [created_at, started_at, completed_at].map(timeOf);
  const ran = metrics?.predict_time;
  const measured = typeof ran === 'number' ? Math.round(ran * 1_000) : between(started, completed);
  return { queuedMs: between(created, started), runMs: measured };
}

function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from);
}

function pastDeadline({ deadline, completed_at }: Prediction): boolean {
  const [limit, end] = [timeOf(deadline), timeOf(completed_at)];
  return limit !== undefined && end !== undefined && end >= limit;
}
