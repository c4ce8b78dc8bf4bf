import type { Clock, ExecutorV1, JobRef, JobSnapshot, JobStore, Plan } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import { untilAborted, withinLimit } from '../../util/settle.ts';
import { readAnswer } from '../read-answers.ts';
import type { RunContext } from '../run-context.ts';
import { followJob, type JobResult } from './follow.ts';
import { endOf, leavesJob, submitFailure } from './outcome.ts';

/** How long a canceled run waits for its backend and its store, together, before it leaves. */
const CLEAN_UP_MS = 5_000;

/** A job with its files. Its final state is being kept meanwhile: `stored` resolves when that is over, and in time. */
export interface StoredJob extends JobResult {
  stored: Promise<void>;
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
): Promise<StoredJob> {
  const { signal, clock } = run.call;
  const { storeMs } = run.timeouts;
  const part = { role: 'executor', name: executor.name } as const;
  let known: JobRef | undefined;
  const store = async (ref: JobRef, state: JobSnapshot['state'], limitMs: number) => {
    const entry = { ref, runId: plan.runId, planId: plan.id, flowId: plan.flowId, state };
    try {
      await cleanUp(clock, limitMs, () => jobs.put(entry));
    } catch (error) {
      const message = `The job's reference could not be kept: ${messageOf(error)}`;
      run.warn({ code: 'job-not-stored', message });
    }
  };
  const onRef = async (given: JobRef) => {
    const ref = readAnswer('ref', given, part);
    known = ref;
    await untilAborted(signal, () => store(ref, 'queued', storeMs));
  };
  const stop = (ref: JobRef) =>
    Promise.all([cancelOnce(executor, ref, run), store(ref, 'canceled', CLEAN_UP_MS)]);

  const ready = await storeFiles(executor, plan, run);
  const submitting = untilAborted(signal, async () => {
    const accepted = Promise.resolve(executor.submit(ready, { ...run.call, onRef })).then((ref) =>
      readAnswer('ref', ref, part),
    );
    // Accepted after the caller gave up: nobody follows it, so it is stopped once it is known.
    accepted.then(
      (ref) => (signal.aborted && known === undefined ? stop(ref) : undefined),
      () => {},
    );
    return accepted;
  });
  try {
    const ref = await submitting.catch((error) => {
      throw signal.aborted ? error : submitFailure(error, executor);
    });
    if (known === undefined) await onRef(ref);
    known = ref;
    const result = await followJob(executor, ref, plan, run);
    // An executor that moved the job has given a newer reference of it meanwhile.
    return { ...result, stored: store(known, result.snapshot.state, storeMs) };
  } catch (error) {
    if (signal.aborted) {
      if (known) await stop(known);
      throw signal.reason;
    }
    // A job that may still run or be fetched stays as it was kept: `resume` can pick it up.
    const ref = known;
    if (ref && !leavesJob(error))
      await untilAborted(signal, () => store(ref, endOf(error), storeMs));
    throw error;
  }
}

/** The plan with its pictures at the backend; nothing has been submitted where that fails. */
async function storeFiles(executor: ExecutorV1, plan: Plan, run: RunContext): Promise<Plan> {
  if (plan.files === undefined || executor.supports.files) return plan;
  const { uploadFiles } = await import('../../util/upload-files.ts');
  const ready = await uploadFiles(executor, plan, run.call);
  const part = { role: 'executor', name: executor.name } as const;
  for (const warning of ready.warnings) run.warn(warning, part);
  return ready.plan;
}

/** Waits for what nobody cancels, but not for long. */
function cleanUp<T>(
  clock: Clock,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Awaited<T>> {
  const late = () => new Error(`It took longer than ${limitMs} ms.`);
  return withinLimit({ clock }, limitMs, late, work);
}

/** Asks the backend once to stop, without waiting long: the caller is gone. */
async function cancelOnce(executor: ExecutorV1, ref: JobRef, run: RunContext): Promise<void> {
  if (!executor.cancel) return;
  const { clock, log } = run.call;
  try {
    await cleanUp(clock, CLEAN_UP_MS, (signal) =>
      executor.cancel!(ref, { ...run.call, signal, deadline: undefined }),
    );
  } catch (error) {
    log.warn('cancel failed', { executor: executor.name, job: ref.id, error: messageOf(error) });
  }
}
