import {
  fileNameOf,
  type JobWords,
  listOutputs,
  type OutputTags,
  readTags,
  stateOf,
  toSnapshot,
} from 'comfygen/http';
import type { JobSnapshot } from 'comfygen/plugin';
import { z } from 'zod';
import { PART } from './options.ts';
import { failureOf } from './read-failure.ts';
import type { Run } from './run.ts';

/** By its words in capitals. Only those that end a run are sure: all others go on. */
const STATES: JobWords = {
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

/** The snapshot of a run that the service described; `hide` removes the executor's keys from the service's texts. */
export function readRun(run: Run, known: OutputTags, hide: (text: string) => string): JobSnapshot {
  const word = run.status.trim().toUpperCase();
  const isDone = stateOf(word, STATES) === 'succeeded';
  const tags =
    Object.keys(known).length > 0 ? known : readTags(run.data?.prompt ?? run.workflow_api);
  const listed = listOutputs(isDone ? filesOf(run.output) : [], tags);
  const warnings = [...listed.warnings];
  if (run.visibility?.toUpperCase() === 'PUBLIC') {
    const message = 'The run is public: ComfyICU may list its prompt and its pictures.';
    warnings.unshift({ code: 'public-run', message });
  }
  return toSnapshot({
    part: PART,
    service: 'ComfyICU',
    word: run.status,
    states: STATES,
    outputs: listed.outputs,
    timings: timingsOf(run),
    progress: isDone ? { fraction: 1 } : undefined,
    warnings,
    hide,
    failure() {
      if (!isDone) return failureOf(run, word);
      // An error may stand where the files should be.
      const told = failureOf(run, '');
      return told.code === 'EXECUTION_FAILED' && !told.nodeId ? undefined : told;
    },
  });
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
