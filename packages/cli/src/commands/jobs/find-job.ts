import { ComfygenError, type JobEntry } from 'comfygen';

const SHORT = 8;
const LIST_JOBS = 'See what is kept with: comfygen jobs list';

/** The one job whose id, here or at its backend, begins so. @throws NOT_FOUND, INVALID_OPTIONS for several */
export function findJob(entries: readonly JobEntry[], id: string, folder: string): JobEntry {
  const ids = ({ planId, ref }: JobEntry) => [planId, ref.id];
  const exact = entries.filter((entry) => ids(entry).includes(id));
  const begun = entries.filter(
    (entry) => id !== '' && ids(entry).some((one) => one.startsWith(id)),
  );
  const [found, ...others] = exact.length > 0 ? exact : begun;
  if (found === undefined) {
    throw new ComfygenError('NOT_FOUND', `No job ${id} is kept in ${folder}.`, {
      details: { id, folder, hint: LIST_JOBS },
    });
  }
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ planId }) => planId);
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `${names.length} jobs begin with ${id}: ${names.join(', ')}.`,
    { details: { id, jobs: names, hint: 'Give more of the id.' } },
  );
}

/** The least of each id that tells it from the others, 8 characters or more. */
export function shortIds(entries: readonly JobEntry[]): Map<JobEntry, string> {
  const cut = (length: number) => entries.map(({ planId }) => planId.slice(0, length));
  let length = SHORT;
  while (new Set(cut(length)).size < entries.length && length < 128) length += 1;
  const short = cut(length);
  return new Map(entries.map((entry, index) => [entry, short[index]!]));
}
