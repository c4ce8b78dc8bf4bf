import type { CallContext, ComfygenError, PartRef } from 'comfygen/plugin';
import type { Dispatcher } from './dispatcher.ts';
import type { JobTable } from './job-table.ts';
import type { Settings } from './options.ts';
import type { RunTimes } from './run-times.ts';

/** What the calls of one pool share. */
export interface PoolContext {
  readonly part: PartRef;
  readonly settings: Settings;
  readonly jobs: JobTable;
  readonly dispatcher: Dispatcher;
  /** Run times of all members together. */
  readonly poolTimes: RunTimes;
  /** A context that lives as long as the pool, on the clock of the last call. */
  ctx(): CallContext;
  /** Lost jobs that are on their way to another member. */
  rerunning: number;
  readonly counts: { submitted: number; moved: number; rerun: number };
  /** What calls get once the pool was disposed of. */
  disposed: ComfygenError | undefined;
}
