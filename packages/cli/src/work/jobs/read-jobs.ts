import { ComfygenError, type JobEntry, type JobStore, type Warning } from 'comfygen';
import { loadConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import type { CommonOptions } from '../../options/common-options.ts';
import { jobPlace, openJobs } from '../../parts/jobs.ts';
import { withoutPrefix } from '../../render/text.ts';
import type { Run } from '../../terminal/io.ts';

/** Options that all `jobs` commands take. */
export interface JobsOptions extends CommonOptions {
  jobs?: string;
}

/** The jobs that were kept, and where. */
export interface KeptJobs {
  place: string;
  store: JobStore;
  /** The jobs in the order in which they were submitted. */
  entries: JobEntry[];
  config: Config;
  warnings: Warning[];
}

/** The jobs that are kept; none where nothing is there. */
export async function readJobs(options: JobsOptions, { io }: Pick<Run, 'io'>): Promise<KeptJobs> {
  const { config } = await loadConfig(io.cwd, options.config);
  // Where none are kept any more, earlier ones may still lie in the usual place.
  const place = jobPlace((options.jobs ?? config.jobs) || undefined, io.cwd)!;
  const warnings: Warning[] = [];
  const store = await openJobs(place, {
    onDamaged: ({ path, reason }) =>
      warnings.push({
        code: 'job-damaged',
        message: `${path} is left out: ${withoutPrefix(reason, path)}`,
      }),
  });
  const entries: JobEntry[] = [];
  for await (const entry of store.list()) entries.push(entry);
  return { place, store, entries, config, warnings };
}

const SHORT = 8;
const LIST_JOBS = 'See what is kept with: comfygen jobs list';

/** The one job whose id, here or at its backend, begins so. @throws NOT_FOUND, INVALID_OPTIONS for several */
export function findJob(entries: readonly JobEntry[], id: string, place: string): JobEntry {
  const ids = ({ planId, ref }: JobEntry) => [planId, ref.id];
  const exact = entries.filter((entry) => ids(entry).includes(id));
  const begun = entries.filter(
    (entry) => id !== '' && ids(entry).some((one) => one.startsWith(id)),
  );
  const [found, ...others] = exact.length > 0 ? exact : begun;
  if (found === undefined) {
    throw new ComfygenError('NOT_FOUND', `No job ${id} is kept in ${place}.`, {
      details: { id, place, hint: LIST_JOBS },
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

/** The shortest start of each id that no other has, 8 characters or more. */
export function shortIds(entries: readonly JobEntry[]): Map<JobEntry, string> {
  const cut = (length: number) => entries.map(({ planId }) => planId.slice(0, length));
  let length = SHORT;
  while (new Set(cut(length)).size < entries.length && length < 128) length += 1;
  const short = cut(length);
  return new Map(entries.map((entry, index) => [entry, short[index]!]));
}
