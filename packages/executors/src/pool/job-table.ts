import { ComfygenError, type JobRef, type PartRef } from 'comfygen/plugin';
import { createPoolJob } from './pool-job.ts';
import { unwrapRef } from './pool-ref.ts';
import type { Member, PoolJob } from './types.ts';

/** Jobs that are remembered although nothing has to be done for them. */
const KEPT = 1_000;

/** The jobs that a pool knows of, by the ids of its references. */
export interface JobTable {
  /** The job of a reference, which may be another process's. @throws MISSING_SETTING where its member is not here */
  find(ref: JobRef, now: number): PoolJob;
  add(job: PoolJob): void;
  remove(job: PoolJob): void;
  /** Remembers an ended job among the last 1,000. */
  retire(job: PoolJob): void;
  all(): Iterable<PoolJob>;
}

/** An empty table; `members` finds members by name, removed ones too. */
export function createJobTable(
  part: PartRef,
  member: (name: string) => Member | undefined,
): JobTable {
  const jobs = new Map<string, PoolJob>();
  const retired = new Map<string, PoolJob>();
  const keep = (job: PoolJob) => {
    const { id } = job.first!;
    retired.delete(id);
    retired.set(id, job);
    if (retired.size > KEPT) retired.delete(retired.keys().next().value!);
  };
  const adopt = (ref: JobRef, now: number): PoolJob => {
    const found = unwrapRef(ref);
    if (!found)
      throw new ComfygenError('JOB_LOST', `Job ${ref.id} is not one of this pool.`, { part });
    const holder = member(found.member);
    if (!holder)
      throw new ComfygenError(
        'MISSING_SETTING',
        `Job ${ref.id} is on ${found.member}, which the pool does not have: add it under that name to go on.`,
        { part, details: { member: found.member } },
      );
    const job = createPoolJob(0, undefined, now);
    job.first = { id: ref.id, submittedAt: ref.submittedAt };
    job.flight = {
      member: holder,
      job,
      estimateMs: 0,
      cold: false,
      acceptedAt: ref.submittedAt,
      ref: found.ref,
      refusals: undefined,
      looking: false,
      over: new AbortController(),
    };
    keep(job);
    return job;
  };
  return {
    find: (ref, now) => jobs.get(ref.id) ?? retired.get(ref.id) ?? adopt(ref, now),
    add: (job) => void jobs.set(job.first!.id, job),
    remove(job) {
      if (job.first === undefined) return;
      const { id } = job.first;
      if (jobs.get(id) === job) jobs.delete(id);
      if (retired.get(id) === job) retired.delete(id);
    },
    retire(job) {
      const { id } = job.first!;
      if (jobs.get(id) === job) jobs.delete(id);
      keep(job);
    },
    all: () => jobs.values(),
  };
}
