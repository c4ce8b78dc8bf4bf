import { fileNameOf, type JobWords, listOutputs, stateOf, toSnapshot } from 'comfygen/http';
import type { JobSnapshot } from 'comfygen/plugin';
import { PART } from './options.ts';
import { type Prediction, type RefData, timeOf } from './prediction.ts';
import { failureOf } from './read-failure.ts';
import { progressOf } from './read-logs.ts';

const STATES: JobWords = {
  starting: 'queued',
  processing: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  // Its Cancel-After came before it began.
  aborted: 'failed',
};

/** The snapshot of a prediction; `hide` removes the executor's keys from the service's texts. */
export function readPrediction(
  made: Prediction,
  data: RefData,
  hide: (text: string) => string,
): JobSnapshot {
  const logs = made.logs ?? '';
  const isLate = pastDeadline(made);
  const states: JobWords = {
    ...STATES,
    ...(isLate && { canceled: 'failed' }),
    ...(made.data_removed && { succeeded: 'expired' }),
  };
  const state = stateOf(made.status, states);
  const isDone = state === 'succeeded';
  const listed = listOutputs(isDone ? filesOf(made.output) : [], data.tags);
  return toSnapshot({
    part: PART,
    service: 'Replicate',
    word: made.status,
    states,
    outputs: listed.outputs,
    timings: timingsOf(made),
    progress: isDone ? { fraction: 1 } : progressOf(logs, data.nodes),
    warnings: [...data.warnings, ...listed.warnings],
    hide,
    failure() {
      if (isDone) return undefined;
      if (made.status.toLowerCase() === 'failed') return failureOf(made.error, logs);
      const message = 'The service stopped the job at the time limit that it was given.';
      return { code: 'SERVER_DEADLINE', message, retryable: true };
    },
  });
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
