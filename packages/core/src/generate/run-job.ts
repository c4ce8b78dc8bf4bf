import { isErrorCode } from '../errors/codes.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  CallContext,
  Downloaded,
  ExecutorV1,
  JobEvent,
  JobOutput,
  JobRef,
  JobSnapshot,
  JobStore,
  Plan,
} from '../spec/index.ts';
import { type RunContext, settleBy } from './run-context.ts';

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;
/** With events at hand, polling is only a safety net. */
const WATCHED_POLL_MS = 2_000;
/** Failed reads of a job's state in a row before it counts as out of reach. */
const MAX_FAILED_READS = 5;
const CANCEL_WAIT_MS = 5_000;

/** What a job made. */
export interface JobResult {
  ref: JobRef;
  snapshot: JobSnapshot;
  files: { output: JobOutput; file: Downloaded }[];
}

/**
 * Submits a plan and settles: with its files, with the job's failure as an error, or with the signal's reason
 * after one attempt to cancel. The reference is stored before the job can exist.
 */
export async function runJob(
  executor: ExecutorV1,
  plan: Plan,
  run: RunContext,
  jobs: JobStore,
): Promise<JobResult> {
  const store = async (ref: JobRef, state: JobSnapshot['state']) => {
    const entry = { ref, runId: plan.runId, planId: plan.id, flowId: plan.flowId, state };
    await jobs.put(entry).catch((error: unknown) => {
      run.warn({
        code: 'job-not-stored',
        message: `The job's reference could not be kept: ${String(error)}`,
      });
    });
  };
  let known: JobRef | undefined;
  const onRef = async (ref: JobRef) => {
    known = ref;
    await store(ref, 'queued');
  };
  try {
    const ref = await settleBy(run.call.signal, () =>
      executor.submit(plan, { ...run.call, onRef }),
    );
    if (known === undefined) await onRef(ref);
    known = ref;
    const result = await followJob(executor, ref, plan, run);
    await store(ref, result.snapshot.state);
    return result;
  } catch (error) {
    if (!run.call.signal.aborted) {
      if (known) await store(known, 'failed');
      throw error;
    }
    if (known) {
      await cancelOnce(executor, known, run);
      await store(known, 'canceled');
    }
    throw run.call.signal.reason;
  }
}

/** Follows a submitted job to its end and fetches what it made. */
export async function followJob(
  executor: ExecutorV1,
  ref: JobRef,
  plan: Pick<Plan, 'id'>,
  run: RunContext,
): Promise<JobResult> {
  const snapshot = await awaitEnd(executor, ref, plan.id, run);
  for (const warning of snapshot.warnings)
    run.warn(warning, { role: 'executor', name: executor.name });
  if (snapshot.state !== 'succeeded') throw failureOf(executor, ref, snapshot);
  const images = snapshot.outputs.filter((output) => output.kind === 'image');
  if (images.length === 0) {
    throw new ComfygenError(
      'OUTPUT_MISSING',
      `${executor.name} says that job ${ref.id} succeeded, but it made no image.`,
      { part: partOf(executor) },
    );
  }
  const files: JobResult['files'] = [];
  for (const output of images)
    files.push({ output, file: await download(executor, output, ref, run.call) });
  return { ref, snapshot, files };
}

async function awaitEnd(
  executor: ExecutorV1,
  ref: JobRef,
  planId: string,
  run: RunContext,
): Promise<JobSnapshot> {
  const { signal, clock } = run.call;
  const hints = watchJob(executor, ref, planId, run);
  let wait = hints.live() ? WATCHED_POLL_MS : FIRST_POLL_MS;
  let failedReads = 0;
  try {
    while (true) {
      try {
        const snapshot = await settleBy(signal, () => executor.inspect(ref, run.call));
        failedReads = 0;
        if (snapshot.progress) hints.progress(snapshot.progress);
        if (isTerminal(snapshot)) return snapshot;
      } catch (error) {
        signal.throwIfAborted();
        failedReads += 1;
        const passing = ComfygenError.is(error) && error.retryable;
        if (!passing || failedReads >= MAX_FAILED_READS) throw error;
      }
      const sleep = new AbortController();
      const stop = () => sleep.abort(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        await Promise.race([hints.next(), clock.sleep(wait, sleep.signal)]);
      } finally {
        signal.removeEventListener('abort', stop);
        sleep.abort();
      }
      signal.throwIfAborted();
      wait = hints.live() ? WATCHED_POLL_MS : Math.min(LONGEST_POLL_MS, wait * 1.5);
    }
  } finally {
    hints.close();
  }
}

/** Passes a job's events on, and wakes the poller when one says that the job is over. */
function watchJob(executor: ExecutorV1, ref: JobRef, planId: string, run: RunContext) {
  const own = new AbortController();
  const stop = () => own.abort(run.call.signal.reason);
  run.call.signal.addEventListener('abort', stop, { once: true });
  let live = executor.watch !== undefined;
  let wake = () => {};
  let woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let reached = 0;

  const progress = (event: NonNullable<JobSnapshot['progress']>) => {
    const fraction = Math.min(1, Math.max(0, event.fraction));
    if (fraction < reached) return;
    reached = fraction;
    run.emit('execute-progress', { ...event, fraction, planId, executor: executor.name });
  };
  const take = (event: JobEvent) => {
    if (event.type === 'progress') progress(event.progress);
    else if (event.type === 'preview')
      run.emit('execute-preview', { planId, bytes: event.bytes, mediaType: event.mediaType });
    else if (event.type === 'warning') run.warn(event.warning, partOf(executor));
    else if (event.type === 'state' && isTerminal(event)) wake();
  };
  const listen = async () => {
    try {
      for await (const event of executor.watch!(ref, { ...run.call, signal: own.signal })) {
        if (own.signal.aborted) break;
        take(event);
      }
    } catch (error) {
      // Events are hints: without them the job is polled.
      if (!own.signal.aborted)
        run.call.log.debug('watching ended early', {
          executor: executor.name,
          error: String(error),
        });
    } finally {
      live = false;
      wake();
    }
  };
  if (live) void listen();

  return {
    live: () => live,
    progress,
    /** Resolves when there may be news; each call waits for news after the last. */
    async next() {
      if (!live) return new Promise<void>(() => {});
      await woken;
      woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
    close() {
      own.abort();
      run.call.signal.removeEventListener('abort', stop);
    },
  };
}

async function download(
  executor: ExecutorV1,
  output: JobOutput,
  ref: JobRef,
  call: CallContext,
): Promise<Downloaded> {
  const once = () => settleBy(call.signal, () => executor.download(output, ref, call));
  try {
    return await once();
  } catch (error) {
    if (call.signal.aborted || !(ComfygenError.is(error) && error.retryable)) throw error;
    return once();
  }
}

/** Asks the backend once to stop, without waiting long: the caller is gone. */
async function cancelOnce(executor: ExecutorV1, ref: JobRef, run: RunContext): Promise<void> {
  if (!executor.supports.cancel || !executor.cancel) return;
  const own = new AbortController();
  const over = new AbortController();
  const { clock } = run.call;
  const limit = clock.sleep(CANCEL_WAIT_MS, over.signal).then(
    () => own.abort(new Error('cancel took too long')),
    () => {},
  );
  try {
    await settleBy(own.signal, () =>
      executor.cancel!(ref, { ...run.call, signal: own.signal, deadline: undefined }),
    );
  } catch (error) {
    run.call.log.warn('cancel failed', {
      executor: executor.name,
      job: ref.id,
      error: String(error),
    });
  } finally {
    over.abort();
    await limit;
  }
}

function failureOf(
  executor: ExecutorV1,
  ref: JobRef,
  { state, rawState, failure }: JobSnapshot,
): ComfygenError {
  const part = partOf(executor);
  if (failure) {
    const { code, message, retryable, nodeId, classType } = failure;
    // A code that we don't know comes from a newer part: the failure stays, its kind is general.
    return new ComfygenError(isErrorCode(code) ? code : 'EXECUTION_FAILED', message, {
      retryable,
      part,
      details: { job: ref.id, nodeId, classType },
    });
  }
  const code =
    state === 'canceled' ? 'CANCELED' : state === 'expired' ? 'OUTPUT_EXPIRED' : 'EXECUTION_FAILED';
  return new ComfygenError(code, `Job ${ref.id} on ${executor.name} ended as ${rawState}.`, {
    part,
    details: { job: ref.id },
  });
}

function isTerminal({ state }: { state: JobSnapshot['state'] }): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'canceled' || state === 'expired';
}

const partOf = (executor: ExecutorV1) => ({ role: 'executor', name: executor.name }) as const;
