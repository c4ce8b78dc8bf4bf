import { ComfygenError, type JobSnapshot, type Warning } from 'comfygen/plugin';
import { type BreakReason, reasonOf } from './breaker.ts';
import { giveUpJob, requeueJob, warnOfJob } from './job-state.ts';
import { type PoolContext, submitJob } from './submit-job.ts';
import type { AcceptedAttempt, Member, PoolJob, Work } from './types.ts';

/**
 * The snapshot of a job that its member surely lost, or `isFailed` that another may do. It is run again where that may be done; else it has failed with
 * JOB_LOST, or is canceled where that was asked for. Of a job that was over, or is another process's, nothing is
 * remembered: the next look asks its member again.
 */
export function requeueLost(
  job: PoolJob,
  attempt: AcceptedAttempt,
  loss: { reason: BreakReason; now: number; isFailed?: boolean },
  pool: PoolContext,
): JobSnapshot {
  const { state } = job;
  const { reason, now, isFailed = false } = loss;
  if (state.phase === 'running') {
    if (!isFailed) noteLoss(attempt.member, reason, now);
    attempt.withdrawn.abort();
    if (!job.cancelRequested && job.reruns < pool.settings.maxReruns) {
      runAgain(job, state.work, attempt, { reason: reason.message, isFailed }, pool);
      return { state: 'queued', rawState: 'moving', outputs: [], warnings: [...job.warnings] };
    }
  }
  const failure = { code: 'JOB_LOST', message: reason.message, retryable: true };
  const common = { rawState: 'lost', outputs: [], warnings: [...job.warnings] };
  const final: JobSnapshot = job.cancelRequested
    ? { state: 'canceled', ...common }
    : { state: 'failed', failure, ...common };
  if (state.phase === 'running') giveUp(job, attempt, final, pool);
  return final;
}

function noteLoss(member: Member, reason: BreakReason, now: number): void {
  member.counts.lost += 1;
  member.breaker.fail({ ...reason, code: 'JOB_LOST' }, now);
  // A server that was started again has nothing loaded.
  member.loaded = [];
}

function runAgain(
  job: PoolJob,
  work: Work,
  attempt: AcceptedAttempt,
  { reason, isFailed }: { reason: string; isFailed: boolean },
  pool: PoolContext,
): void {
  const { name: member } = attempt.member;
  const { rerun, settle } = requeueJob(job, work, attempt.member);
  pool.counts.rerun += 1;
  const what = isFailed ? 'could not run' : 'lost';
  const warning: Warning = {
    code: 'job-rerun',
    message: `${member} ${what} job ${job.identity?.id}, so it is run again (${job.reruns}. time).`,
    part: pool.part,
    details: { member, rerun: job.reruns, reason },
  };
  warnOfJob(job, warning);
  const { clock, log } = pool.ctx();
  log.warn(warning.message, { executor: pool.part.name, reason });
  const ctx = { signal: rerun.stop.signal, deadline: undefined, clock, log, onRef: job.onRef };
  // An id is good for one submit.
  const plan = { ...work.plan, id: globalThis.crypto.randomUUID() };
  pool.rerunning += 1;
  submitJob({ job, work, plan }, ctx, pool)
    .then(
      () => {},
      (error: unknown) => giveUp(job, attempt, noNewMember(job, error), pool),
    )
    .finally(() => {
      pool.rerunning -= 1;
      pool.dispatcher.recheck();
      settle();
    });
  pool.dispatcher.release(attempt);
}

/** The end of a job that was lost and could not be run again. */
function noNewMember(job: PoolJob, error: unknown): JobSnapshot {
  const common = { outputs: [], warnings: [...job.warnings] };
  if (job.cancelRequested) return { state: 'canceled', rawState: 'moving', ...common };
  // Of what was surely refused, nothing is left anywhere.
  const unknown = ComfygenError.is(error, 'SUBMIT_UNKNOWN');
  const failure = {
    code: unknown ? 'SUBMIT_UNKNOWN' : 'JOB_LOST',
    message: `The job was lost, and running it again failed: ${reasonOf(error).message}`,
    retryable: !unknown,
  };
  return { state: 'failed', rawState: 'lost', failure, ...common };
}

function giveUp(
  job: PoolJob,
  attempt: AcceptedAttempt,
  final: JobSnapshot,
  pool: PoolContext,
): void {
  giveUpJob(job, final);
  pool.jobs.retire(job);
  pool.dispatcher.release(attempt);
}
