import { ComfygenError, type JobRef, type JsonObject, type PartRef } from 'comfygen/plugin';
import { adoptJob } from './job-state.ts';
import type { Member, PoolJob } from './types.ts';

/** Jobs that are remembered although nothing has to be done for them. */
const KEPT = 1_000;

/** The jobs that a pool knows of, by the ids of its references. */
export interface JobTable {
  /**
   * The job that a reference names; it may have been submitted by another process.
   * @throws JOB_LOST for a reference that no pool gave; MISSING_SETTING where its member is not here
   */
  find(ref: JobRef, now: number): PoolJob;
  /** Remembers a job until it is removed; one without a reference is ignored. */
  add(job: PoolJob): void;
  remove(job: PoolJob): void;
  /** Remembers an ended job among the last 1,000. */
  retire(job: PoolJob): void;
  /** All jobs that have not ended. */
  all(): Iterable<PoolJob>;
}

/** An empty table; `findMember` finds members by name, removed ones too. */
export function createJobTable(
  part: PartRef,
  findMember: (name: string) => Member | undefined,
): JobTable {
  const jobs = new Map<string, PoolJob>();
  const retired = new Map<string, PoolJob>();
  const keep = (id: string, job: PoolJob) => {
    retired.delete(id);
    retired.set(id, job);
    if (retired.size > KEPT) retired.delete(retired.keys().next().value!);
  };
  const forget = (map: Map<string, PoolJob>, id: string, job: PoolJob) => {
    if (map.get(id) === job) map.delete(id);
  };
  const adopt = (ref: JobRef, now: number): PoolJob => {
    const found = unwrapRef(ref);
    if (!found)
      throw new ComfygenError('JOB_LOST', `Job ${ref.id} is not one of this pool.`, { part });
    const member = findMember(found.member);
    if (!member)
      throw new ComfygenError(
        'MISSING_SETTING',
        `Job ${ref.id} is on ${found.member}, which the pool does not have: add it under that name to go on.`,
        { part, details: { member: found.member } },
      );
    const job = adoptJob(ref, member, found.ref, now);
    keep(ref.id, job);
    return job;
  };
  return {
    find: (ref, now) => jobs.get(ref.id) ?? retired.get(ref.id) ?? adopt(ref, now),
    add(job) {
      if (job.identity) jobs.set(job.identity.id, job);
    },
    remove(job) {
      if (!job.identity) return;
      forget(jobs, job.identity.id, job);
      forget(retired, job.identity.id, job);
    },
    retire(job) {
      if (!job.identity) return;
      forget(jobs, job.identity.id, job);
      keep(job.identity.id, job);
    },
    all: () => jobs.values(),
  };
}

/**
 * The pool's reference to a member's job; `data` names the member. `id` is the member's own job id, or, after the job
 * moved to another member, the first one; `data.id` is then the new one.
 */
export function wrapRef(
  pool: string,
  member: string,
  ref: JobRef,
  identity: Pick<JobRef, 'id' | 'submittedAt'> = ref,
): JobRef {
  const data: JsonObject = { member, executor: ref.executor };
  const { id, submittedAt } = identity;
  if (id !== ref.id) data['id'] = ref.id;
  if (submittedAt !== ref.submittedAt) data['submittedAt'] = ref.submittedAt;
  if (ref.data !== undefined) data['data'] = ref.data;
  return { executor: pool, id, submittedAt, data };
}

/** The member's name and its own reference; `undefined` where the reference is not one of a pool. */
function unwrapRef(poolRef: JobRef): { member: string; ref: JobRef } | undefined {
  const { id = poolRef.id, submittedAt = poolRef.submittedAt } = poolRef.data ?? {};
  const { member, executor, data } = poolRef.data ?? {};
  if (typeof member !== 'string' || typeof executor !== 'string') return undefined;
  const ref: JobRef = { executor, id: String(id), submittedAt: Number(submittedAt) };
  return { member, ref: data === undefined ? ref : { ...ref, data: data as JsonObject } };
}
