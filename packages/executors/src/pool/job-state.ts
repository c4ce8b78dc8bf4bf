import {
  ComfygenError,
  type JobRef,
  type JobSnapshot,
  monotonic,
  type Plan,
  type SubmitContext,
  type Warning,
} from 'comfygen/plugin';
import { readNeeds } from './requirements.ts';
import type { AcceptedAttempt, Attempt, Member, PoolJob, Rerun, Work } from './types.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A job that was just submitted to the pool: it waits for a member. */
export function createPoolJob(
  turn: number,
  plan: Plan,
  { clock, onRef }: Pick<SubmitContext, 'clock' | 'onRef'>,
): { job: PoolJob; work: Work } {
  const work: Work = {
    // The caller may change its graph; pictures are large, and nobody's to change.
    plan: { ...structuredClone({ ...plan, files: undefined }), files: plan.files },
    needs: readNeeds(plan),
    unfit: new Map(),
    fits: new Map(),
    rejections: undefined,
    avoid: undefined,
    unschedulableSince: undefined,
  };
  const job: PoolJob = {
    turn,
    identity: undefined,
    onRef,
    state: { phase: 'queued', work, rerun: undefined },
    reruns: 0,
    warnings: [],
    cancelRequested: false,
    askedAt: monotonic(clock),
  };
  return { job, work };
}

/** A job that another process submitted: it holds no place on its member, and can't be run again. */
export function adoptJob(ref: JobRef, member: Member, memberRef: JobRef, now: number): PoolJob {
  const attempt: AcceptedAttempt = {
    member,
    estimateMs: 0,
    cold: false,
    ref: memberRef,
    acceptedAt: now,
    withdrawn: new AbortController(),
    unreachable: undefined,
  };
  return {
    turn: 0,
    identity: { id: ref.id, submittedAt: ref.submittedAt },
    onRef: async () => {},
    state: { phase: 'adopted', attempt },
    reruns: 0,
    warnings: [],
    cancelRequested: false,
    askedAt: now,
  };
}

/** The attempt that a job's snapshots, events and files come from; `undefined` while it waits, and once it is lost. */
export function attemptOf({ state }: PoolJob): Attempt | undefined {
  return 'attempt' in state ? state.attempt : undefined;
}

/** The rerun of a lost job that is in progress; `undefined` for all other jobs. */
export function rerunOf({ state }: PoolJob): Rerun | undefined {
  return 'rerun' in state ? state.rerun : undefined;
}

/** Assigns a waiting job to a member and gives the attempt. */
export function startAttempt(
  job: PoolJob,
  work: Work,
  { member, estimateMs, cold }: Pick<Attempt, 'member' | 'estimateMs' | 'cold'>,
): Attempt {
  const attempt: Attempt = {
    member,
    estimateMs,
    cold,
    ref: undefined,
    acceptedAt: undefined,
    withdrawn: new AbortController(),
    unreachable: undefined,
  };
  write(job).state = { phase: 'submitting', work, rerun: rerunOf(job), attempt };
  return attempt;
}

/**
 * Stores the reference that the member gave, before or with its answer. Gives the part that the pool's own reference
 * keeps.
 */
export function nameAttempt(
  job: PoolJob,
  attempt: Attempt,
  ref: JobRef,
): NonNullable<PoolJob['identity']> {
  write(attempt).ref = ref;
  const { identity = { id: ref.id, submittedAt: ref.submittedAt } } = job;
  write(job).identity = identity;
  return identity;
}

/** Records that the member accepted the job; earlier refusals by others are forgotten. */
export function acceptAttempt(
  job: PoolJob,
  work: Work,
  attempt: Attempt,
  accepted: Pick<AcceptedAttempt, 'ref' | 'acceptedAt'>,
): void {
  write(job).state = { phase: 'running', work, attempt: Object.assign(attempt, accepted) };
  write(job).askedAt = accepted.acceptedAt;
  write(work).rejections = undefined;
  write(work).unschedulableSince = undefined;
}

/** Puts the job back to waiting: the member did not accept it, or may not have. It holds no place there any more. */
export function withdrawAttempt(job: PoolJob, work: Work, attempt: Attempt): void {
  attempt.withdrawn.abort();
  write(job).state = { phase: 'queued', work, rerun: rerunOf(job) };
}

/** Counts the refusal of a member that may take the job later. */
export function countRejection(
  work: Work,
  last: ComfygenError,
  now: number,
): NonNullable<Work['rejections']> {
  const { times = 0, since = now } = work.rejections ?? {};
  const rejections = { last, times: times + 1, since };
  write(work).rejections = rejections;
  return rejections;
}

/** Remembers since when no member can take a waiting job; `undefined` once one can. */
export function setUnschedulableSince(work: Work, since: number | undefined): void {
  write(work).unschedulableSince = since;
}

/** Queues a job again that its member lost. Call `settle` once it has a new member or an end. */
export function requeueJob(
  job: PoolJob,
  work: Work,
  lostBy: Member,
): { rerun: Rerun; settle(): void } {
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  const rerun: Rerun = { stop: new AbortController(), settled };
  write(work).avoid = lostBy;
  write(job).reruns += 1;
  write(job).state = { phase: 'queued', work, rerun };
  return { rerun, settle };
}

/** Records that the job is over and that its member holds the result. */
export function endJob(job: PoolJob, attempt: AcceptedAttempt): void {
  write(job).state = { phase: 'ended', attempt };
}

/** Ends a job that was lost for good with this final snapshot, which the pool itself keeps. */
export function giveUpJob(job: PoolJob, final: JobSnapshot): void {
  write(job).state = { phase: 'lost', final };
}

/** Adds a warning to every snapshot of the job from now on. */
export function warnOfJob(job: PoolJob, warning: Warning): void {
  write(job).warnings = [...job.warnings, warning];
}

/** A caller asked for the job, so the pool need not poll it. */
export function touchJob(job: PoolJob, now: number): void {
  write(job).askedAt = now;
}

/**
 * Records that a caller wants the job stopped: it is not run again, and a lost one stops waiting for a new member.
 */
export function requestCancel(job: PoolJob): void {
  write(job).cancelRequested = true;
  if (job.state.phase !== 'queued') return;
  const message = 'The job was canceled while it waited.';
  job.state.rerun?.stop.abort(new ComfygenError('CANCELED', message));
}

/** The one place where the fields are not read-only. */
function write<T extends PoolJob | Work | Attempt>(target: T): Writable<T> {
  return target;
}
