import type { JobEntry, JobStore, Warning } from 'comfygen';
import { loadConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import { jobFolder, openJobs } from '../../parts/jobs.ts';
import { withoutPrefix } from '../../render/text.ts';
import type { Run } from '../run.ts';
import type { JobsOptions } from './options.ts';

/** The jobs that are kept. */
export interface KeptJobs {
  folder: string;
  store: JobStore;
  /** In the order in which they were sent. */
  entries: JobEntry[];
  config: Config;
  warnings: Warning[];
}

/** Reads the folder of jobs; one that is not there is empty. */
export async function readJobs(options: JobsOptions, { io }: Pick<Run, 'io'>): Promise<KeptJobs> {
  const { config } = await loadConfig(io.cwd, options.config);
  // Where none are kept any more, earlier ones may still lie in the usual place.
  const folder = jobFolder((options.jobs ?? config.jobs) || undefined, io.cwd)!;
  const warnings: Warning[] = [];
  const store = await openJobs(folder, {
    onDamaged: ({ path, reason }) =>
      warnings.push({
        code: 'job-damaged',
        message: `${path} is left out: ${withoutPrefix(reason, path)}`,
      }),
  });
  const entries: JobEntry[] = [];
  for await (const entry of store.list()) entries.push(entry);
  return { folder, store, entries, config, warnings };
}
