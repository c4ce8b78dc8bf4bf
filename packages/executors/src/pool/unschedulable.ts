import { ComfygenError, errorInfo, type PartRef } from 'comfygen/plugin';
import { isAvailable } from './member.ts';
import type { Settings } from './options.ts';
import { lacksOf } from './requirements.ts';
import type { RunTimes } from './run-times.ts';
import type { Member, Uploads, Work } from './types.ts';

/** The error of a job that no member can run: one member's refusal, or what each lacks. */
export function noMemberFits(
  work: Work,
  members: readonly Member[],
  uploads: Uploads,
  part: PartRef,
): ComfygenError {
  const [refusal] = [...work.unfit.values()].toReversed();
  const lacking = members
    .filter((member) => !member.removed)
    .map((member) => ({ member: member.name, lacks: lacksOf(work, member, uploads) }))
    .filter(({ lacks }) => lacks.length > 0);
  const [first] = lacking;
  if (!first && refusal) return refusal;
  if (!first) return new ComfygenError('UNAVAILABLE', 'The pool has no members left.', { part });
  const text = lacking.map(
    ({ member, lacks }) => `${member} lacks ${lacks.map(({ what }) => what).join(', ')}`,
  );
  const message = `No member of the pool can run this graph: ${text.join('; ')}.`;
  const details = { members: lacking };
  return new ComfygenError(first.lacks[0]!.code, message, { part, details, cause: refusal });
}

/** Whether a member may take jobs again without anybody's help. */
export function isRecoverable({ breaker }: Member): boolean {
  return !(breaker.state === 'open' && needsPerson(breaker.reason?.code));
}

function needsPerson(code: string | undefined): boolean {
  return code !== undefined && errorInfo(code).needsPerson === true;
}

/** The error of a job that some members could run, none of which takes jobs. */
export function noMemberAvailable(
  work: Work,
  able: readonly Member[],
  now: number,
  part: PartRef,
): ComfygenError {
  const reasons = able.map(
    ({ name, breaker }) => `${name}: ${breaker.reason?.message.replace(/\.$/, '') ?? 'resting'}`,
  );
  const codes = new Set(able.map(({ breaker }) => breaker.reason?.code));
  const [only] = codes;
  const code = codes.size === 1 && needsPerson(only) ? (only as 'AUTH') : 'UNAVAILABLE';
  const next = Math.min(...able.map(({ breaker, restUntil }) => breaker.probeAt ?? restUntil));
  const message = `No member that could run the job takes one: ${reasons.join('; ')}.`;
  return new ComfygenError(code, message, {
    part,
    retryAfterMs: code === 'UNAVAILABLE' ? Math.max(0, next - now) : undefined,
    details: { members: reasons },
    cause: work.rejections?.last,
  });
}

/** The error of a job that finds `waiting` others in the queue; when to try again, by how long jobs take. */
export function queueFull(
  waiting: number,
  members: readonly Member[],
  pool: { part: PartRef; settings: Settings; poolTimes: RunTimes; now: number },
): ComfygenError {
  const available = members.filter((member) => isAvailable(member, pool.now));
  const lanes = available.reduce((sum, { parallel }) => sum + parallel, 0);
  const runMs = pool.poolTimes.estimate('', false) ?? 10_000;
  const { maxQueue } = pool.settings;
  const message = `${waiting} jobs wait for the pool already, and more than ${maxQueue} may not.`;
  return new ComfygenError('QUEUE_FULL', message, {
    part: pool.part,
    retryAfterMs: Math.max(1_000, Math.round(runMs / Math.max(1, lanes))),
    details: { waiting },
  });
}
