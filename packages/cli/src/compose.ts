import {
  type ComfyGen,
  createComfyGen,
  type ExecutorV1,
  type Flow,
  type SelectorV1,
  type Warning,
} from 'comfygen';
import type { Setup } from './config/settings.ts';
import { loadLibrary } from './library/load-library.ts';
import { editorFiles } from './library/open-library.ts';
import { openJobs } from './parts/jobs.ts';
import { loadExecutor, loadScorer } from './parts/named-parts.ts';
import { jobsAtOnce } from './parts/pool.ts';
import { loadSelector } from './parts/selectors.ts';
import { openCache, openRecords } from './parts/stores.ts';

/** The toolkit and the parts that a command works with. */
export interface Composed {
  comfygen: ComfyGen;
  selector: SelectorV1;
  executor: ExecutorV1;
  flows: Flow[];
  warnings: Warning[];
}

/** Where to keep records and jobs, each a SQLite file or a folder; without one, nothing is kept. */
export interface Keep {
  records?: string | undefined;
  /** For references of jobs that outlive this process. */
  jobs?: string | undefined;
  /** For what jobs have made: a folder. */
  cache?: string | undefined;
}

/** Makes the toolkit for a command from its settings. */
export async function compose(
  setup: Setup,
  { records, jobs, cache }: Keep,
  signal: AbortSignal,
): Promise<Composed> {
  const [executor, selector] = await Promise.all([loadExecutor(setup), loadSelector(setup)]);
  const { flows, warnings } = await loadLibrary(setup, signal, editorFiles(executor, signal));
  const scorer = await loadScorer(setup.scorer, executor);
  const comfygen = createComfyGen({
    flows,
    selector,
    executor,
    concurrency: jobsAtOnce(executor),
    ...(scorer && { scorer }),
    ...(records !== undefined && { records: await openRecords(records) }),
    ...(cache !== undefined && { cache: await openCache(cache) }),
    ...(jobs !== undefined && executor.supports.resume && { jobs: await openJobs(jobs) }),
  });
  return { comfygen, selector, executor, flows, warnings };
}
