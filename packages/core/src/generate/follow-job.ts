import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  CallContext,
  Downloaded,
  ExecutorV1,
  JobOutput,
  JobRef,
  JobSnapshot,
  Plan,
} from '../spec/index.ts';
import { failureOf, isTerminal, readFailure } from './job-outcome.ts';
import { type RunContext, settleBy } from './run-context.ts';
import { type JobHints, watchJob } from './watch-job.ts';

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;
/** With events at hand, polling is only a safety net. */
const WATCHED_POLL_MS = 2_000;
/** How long a job's state may be out of reach before it is given up. */
const LOST_AFTER_MS = 60_000;
const DOWNLOADS = 3;

/** What a job made. */
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
  const snapshot = await awaitEnd(executor, ref, hints, run.call).finally(hints.close);
  for (const warning of snapshot.warnings) run.warn(warning, part);
  if (snapshot.state !== 'succeeded') throw failureOf(executor, ref, snapshot);
  const images = snapshot.outputs.filter((output) => output.kind === 'image');
  if (images.length === 0) {
    throw new ComfygenError(
      'OUTPUT_MISSING',
      `${executor.name} says that job ${ref.id} succeeded, but it made no image.`,
      // The same graph would make none again.
      { part, retryable: false },
    );
  }
  const files: JobResult['files'] = [];
  for (const output of images)
    files.push({ output, file: await download(executor, output, ref, run.call) });
  return { ref, snapshot, files };
}

/** The job's final snapshot. Looks that fail are repeated for a while; what they then mean, `readFailure` says. */
async function awaitEnd(
  executor: ExecutorV1,
  ref: JobRef,
  hints: JobHints,
  call: CallContext,
): Promise<JobSnapshot> {
  const { signal, clock } = call;
  let wait = FIRST_POLL_MS;
  let silentSince: number | undefined;
  for (;;) {
    try {
      const snapshot = await settleBy(signal, () => executor.inspect(ref, call));
      silentSince = undefined;
      if (snapshot.progress) hints.progress(snapshot.progress);
      if (isTerminal(snapshot)) return snapshot;
    } catch (error) {
      signal.throwIfAborted();
      silentSince ??= clock.now();
      const passing = ComfygenError.is(error) && error.retryable && error.code !== 'JOB_LOST';
      if (!passing || clock.now() - silentSince >= LOST_AFTER_MS)
        throw readFailure(error, executor, ref);
    }
    const watched = hints.live();
    await pauseUntilNews(hints, watched ? WATCHED_POLL_MS : wait, call);
    wait = watched ? FIRST_POLL_MS : Math.min(LONGEST_POLL_MS, wait * 1.5);
  }
}

async function pauseUntilNews(hints: JobHints, ms: number, call: CallContext): Promise<void> {
  const woken = new AbortController();
  const sleep = call.clock.sleep(ms, AbortSignal.any([call.signal, woken.signal]));
  try {
    await (hints.live() ? Promise.race([hints.next(), sleep]) : sleep);
  } finally {
    woken.abort();
  }
  call.signal.throwIfAborted();
}

/** The bytes of one output; a failure that may pass is met again a few times, since the job itself is done. */
async function download(
  executor: ExecutorV1,
  output: JobOutput,
  ref: JobRef,
  call: CallContext,
): Promise<Downloaded> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await settleBy(call.signal, () => executor.download(output, ref, call));
    } catch (error) {
      call.signal.throwIfAborted();
      if (tries >= DOWNLOADS || !(ComfygenError.is(error) && error.retryable)) throw error;
      await call.clock.sleep(FIRST_POLL_MS * tries, call.signal);
    }
  }
}
