import type { Clock, ExecutorV1, JobRef, JobSnapshot, JobStore, Plan } from '../../spec/index.ts';
import { untilAborted, withinLimit } from '../../util/settle.ts';
import type { RunContext } from '../run-context.ts';
import { followJob, type JobResult } from './follow.ts';
import { endOf, leavesJob, submitFailure } from './outcome.ts';

/** How long a canceled run waits for its backend and its store before it leaves. */
const CLEAN_UP_MS = 5_000;

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
  const { signal, clock } = run.call;
  let known: JobRef | undefined;
  const store = async (ref: JobRef, state: JobSnapshot['state']) => {
    const entry = { ref, runId: plan.runId, planId: plan.id, flowId: plan.flowId, state };
    try {
      await jobs.put(entry);
    } catch (error) {
      const message = `The job's reference could not be kept: ${String(error)}`;
      run.warn({ code: 'job-not-stored', message });
    }
  };
  const onRef = async (ref: JobRef) => {
    known = ref;
    await store(ref, 'queued');
  };
  const stop = async (ref: JobRef) => {
    await cancelOnce(executor, ref, run);
    await cleanUp(clock, () => store(ref, 'canceled')).catch(() => {});
  };

  const submitting = untilAborted(signal, async () => {
    const accepted = executor.submit(plan, { ...run.call, onRef });
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
    if (known === undefined) await untilAborted(signal, () => onRef(ref));
    known = ref;
    const result = await followJob(executor, ref, plan, run);
    // An executor that moved the job has given a newer reference of it meanwhile.
    const latest = known;
    await untilAborted(signal, () => store(latest, result.snapshot.state));
    return result;
  } catch (error) {
    if (signal.aborted) {
      if (known) await stop(known);
      throw signal.reason;
    }
    // A job that may still run or be fetched stays as it was kept: `resume` can pick it up.
    const ref = known;
    if (ref && !leavesJob(error)) await untilAborted(signal, () => store(ref, endOf(error)));
    throw error;
  }
}

/** Waits for what a canceled run still has to do, but not for long: the caller is gone. */
function cleanUp<T>(clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<Awaited<T>> {
  const late = () => new Error(`took longer than ${CLEAN_UP_MS} ms`);
  return withinLimit({ clock }, CLEAN_UP_MS, late, work);
}

/** Asks the backend once to stop, without waiting long: the caller is gone. */
async function cancelOnce(executor: ExecutorV1, ref: JobRef, run: RunContext): Promise<void> {
  if (!executor.cancel) return;
  const { clock, log } = run.call;
  try {
    await cleanUp(clock, (signal) =>
      executor.cancel!(ref, { ...run.call, signal, deadline: undefined }),
    );
  } catch (error) {
    log.warn('cancel failed', { executor: executor.name, job: ref.id, error: String(error) });
  }
}
