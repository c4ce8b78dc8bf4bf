import { ComfygenError, type PartRef } from 'comfygen/plugin';
import { findLacks, type Lack } from './needs.ts';
import type { Member, PoolJob } from './types.ts';

/** Which members have a file that was uploaded through the pool, by its name. */
export type Uploads = Map<string, ReadonlySet<Member>>;

/** What a member surely lacks for a job. */
function lacksOf({ needs }: PoolJob, member: Member, uploads: Uploads): Lack[] {
  if (!needs) return [];
  const { inventory } = member.stock;
  const lacks = inventory ? findLacks(needs, inventory) : [];
  for (const [file, holders] of uploads)
    if (needs.texts.has(file) && !holders.has(member))
      lacks.push({ code: 'MISSING_INPUT', what: file });
  return lacks;
}

/** Whether a member can run a job, as far as it told. */
export function fitsOn(job: PoolJob, member: Member, uploads: Uploads): boolean {
  if (member.removed || job.refusals.has(member)) return false;
  const { version } = member.stock;
  const known = job.fits.get(member);
  if (known?.version === version) return known.fits;
  const fits = lacksOf(job, member, uploads).length === 0;
  job.fits.set(member, { version, fits });
  return fits;
}

/** Why no member can run a job: one member's refusal, or what each lacks. */
export function unfit(
  job: PoolJob,
  members: readonly Member[],
  uploads: Uploads,
  part: PartRef,
): ComfygenError {
  const [refusal] = [...job.refusals.values()].toReversed();
  const lacks = members
    .filter((member) => !member.removed)
    .map((member) => ({ member: member.name, lacks: lacksOf(job, member, uploads) }));
  const told = lacks.filter((one) => one.lacks.length > 0);
  if (told.length === 0 && refusal) return refusal;
  if (told.length === 0)
    return new ComfygenError('UNAVAILABLE', 'The pool has no members left.', { part });
  const code = told[0]!.lacks[0]!.code;
  const text = told.map(
    (one) => `${one.member} lacks ${one.lacks.map(({ what }) => what).join(', ')}`,
  );
  const message = `No member of the pool can run this graph: ${text.join('; ')}.`;
  return new ComfygenError(code, message, { part, details: { members: told }, cause: refusal });
}
