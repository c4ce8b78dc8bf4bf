import { ComfygenError } from '../../errors/comfygen-error.ts';
import { isTerminal } from '../../jobs/job-state.ts';
import type {
  CallContext,
  Downloaded,
  ExecutorV1,
  JobOutput,
  JobRef,
  JobSnapshot,
  Plan,
} from '../../spec/index.ts';
import { monotonic } from '../../util/clock.ts';
import { messageOf } from '../../util/message-of.ts';
import { OVER, untilAborted } from '../../util/settle.ts';
import { readAnswer } from '../read-answers.ts';
import type { RunContext } from '../run-context.ts';
import { type Bell, createBell } from './bell.ts';
import { failureOf, fetchFailure, readFailure } from './outcome.ts';
import { type JobHints, waitedFor, watchJob } from './watch.ts';

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;
/** With events at hand, polling is only a safety net; where it stands in for a watch that polls, it keeps this pace. */
const WATCHED_POLL_MS = 2_000;
/** How long a job's state, or a file of it, may be out of reach before it is given up. */
const LOST_AFTER_MS = 60_000;
/** A backend that asks for more patience is looked at again after this long all the same. */
const LONGEST_WAIT_MS = 60_000;

/** What became of a job that succeeded: its reference, final snapshot, and files. */
export interface JobResult {
  ref: JobRef;
  snapshot: JobSnapshot;
  files: { output: JobOutput; file: Downloaded }[];
}

/** Follows a submitted job to its end and fetches what it made. */
export async function followJob(
  executor: ExecutorV1,
  ref: JobRef,
  plan: Pick<Plan, 'id'>,
  run: RunContext,
): Promise<JobResult> {
  const part = { role: 'executor', name: executor.name } as const;
  const hints = watchJob(executor, ref, plan.id, run);
  const bell = createBell();
  const awaited = { ref, runId: run.runId, planId: plan.id, wake: bell.ring };
  run.waiting.add(awaited);
  const snapshot = await awaitEnd(executor, ref, { hints, bell, plan }, run).finally(() => {
    run.waiting.delete(awaited);
    hints.close();
  });
  if (snapshot.state !== 'succeeded') throw failureOf(executor, ref, snapshot);
  const [first] = snapshot.outputs;
  if (!first) {
    throw new ComfygenError(
      'OUTPUT_MISSING',
      `${executor.name} says that job ${ref.id} succeeded, but it made no file.`,
      // The same graph would make none again.
      { part, retryable: false },
    );
  }
  const files: JobResult['files'] = [];
  for (const output of snapshot.outputs) {
    try {
      files.push({ output, file: await download(executor, output, ref, run.call) });
    } catch (error) {
      run.call.signal.throwIfAborted();
      // What the graph saves besides must not cost what it is for.
      if (output.nodeId === first.nodeId) throw error;
      const why = messageOf(error);
      run.warn({ code: 'output-not-fetched', message: `${output.fileName}: ${why}` }, part);
    }
  }
  return { ref, snapshot, files };
}

/** The job's final snapshot. An `inspect` that fails is repeated for a while; then `readFailure` makes the error. */
async function awaitEnd(
  executor: ExecutorV1,
  ref: JobRef,
  { hints, bell, plan }: { hints: JobHints; bell: Bell; plan: Pick<Plan, 'id'> },
  { call, warn, emit }: RunContext,
): Promise<JobSnapshot> {
  const { signal, clock } = call;
  const longest = executor.supports.watchPolls ? WATCHED_POLL_MS : LONGEST_POLL_MS;
  let wait = FIRST_POLL_MS;
  let silentSince: number | undefined;
  let ahead: number | undefined;
  for (;;) {
    let asked = 0;
    try {
      const told = await untilAborted(signal, () => executor.inspect(ref, call));
      const snapshot = readAnswer('snapshot', told, { role: 'executor', name: executor.name });
      silentSince = undefined;
      if (snapshot.state === 'running') hints.running();
      if (snapshot.progress) hints.progress(snapshot.progress);
      const waits = snapshot.state === 'queued' ? snapshot.queuePosition : undefined;
      if (waits !== undefined && waits !== ahead) {
        const waitedMs = waitedFor(ref, call);
        emit('execute-queued', {
          planId: plan.id,
          executor: executor.name,
          ahead: waits,
          waitedMs,
        });
      }
      ahead = waits;
      for (const warning of snapshot.warnings) {
        warn(warning, { role: 'executor', name: executor.name });
      }
      if (isTerminal(snapshot)) return snapshot;
    } catch (error) {
      signal.throwIfAborted();
      silentSince ??= monotonic(clock);
      const passing = ComfygenError.is(error) && error.retryable && error.code !== 'JOB_LOST';
      if (!passing || monotonic(clock) - silentSince >= LOST_AFTER_MS)
        throw readFailure(error, executor, ref);
      asked = Math.min(LONGEST_WAIT_MS, error.retryAfterMs ?? 0);
    }
    const watched = hints.live();
    const pause = Math.max(asked, watched ? WATCHED_POLL_MS : wait);
    await pauseUntilNews([...(watched ? [hints.next()] : []), bell.heard()], pause, call);
    wait = watched ? FIRST_POLL_MS : Math.min(longest, wait * 1.5);
  }
}

async function pauseUntilNews(
  news: readonly Promise<void>[],
  ms: number,
  call: CallContext,
): Promise<void> {
  const woken = new AbortController();
  const sleep = call.clock.sleep(ms, AbortSignal.any([call.signal, woken.signal]));
  try {
    await Promise.race([...news, sleep]);
  } finally {
    woken.abort(OVER);
  }
  call.signal.throwIfAborted();
}

/** The bytes of one output; a failure that may pass is met again for a while, since the job itself is done. */
async function download(
  executor: ExecutorV1,
  output: JobOutput,
  ref: JobRef,
  call: CallContext,
): Promise<Downloaded> {
  const { signal, clock } = call;
  const started = monotonic(clock);
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(LONGEST_POLL_MS, wait * 1.5)) {
    try {
      const file = await untilAborted(signal, () => executor.download(output, ref, call));
      return readAnswer('downloaded', file, { role: 'executor', name: executor.name });
    } catch (error) {
      signal.throwIfAborted();
      if (!(ComfygenError.is(error) && error.retryable)) throw error;
      if (monotonic(clock) - started >= LOST_AFTER_MS) throw fetchFailure(error, executor, ref);
      await clock.sleep(Math.max(wait, Math.min(LONGEST_WAIT_MS, error.retryAfterMs ?? 0)), signal);
    }
  }
}
