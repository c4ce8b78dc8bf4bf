import type { JobRef, JsonObject } from 'comfygen/plugin';

/** Where a pool's reference points to. */
export interface Whereabouts {
  member: string;
  ref: JobRef;
}

/**
 * The pool's reference to a member's job: `data` says which member has it. `id` is the member's own, unless the job
 * moved: then it stays as it was, and `data.id` is the new one.
 */
export function wrapRef(
  pool: string,
  member: string,
  ref: JobRef,
  first: Pick<JobRef, 'id' | 'submittedAt'> = ref,
): JobRef {
  const data: JsonObject = { member, executor: ref.executor };
  const { id, submittedAt } = first;
  if (id !== ref.id) data['id'] = ref.id;
  if (submittedAt !== ref.submittedAt) data['submittedAt'] = ref.submittedAt;
  if (ref.data !== undefined) data['data'] = ref.data;
  return { executor: pool, id, submittedAt, data };
}

/** The member's own reference; `undefined` where it is not one of a pool. */
export function unwrapRef(ref: JobRef): Whereabouts | undefined {
  const { member, executor, id = ref.id, submittedAt = ref.submittedAt, data } = ref.data ?? {};
  if (typeof member !== 'string' || typeof executor !== 'string') return undefined;
  const own: JobRef = { executor, id: String(id), submittedAt: Number(submittedAt) };
  return { member, ref: data === undefined ? own : { ...own, data: data as JsonObject } };
}
