import type { CallContext, ComfygenError, PartRef } from 'comfygen/plugin';
import type { Dispatcher } from './dispatcher.ts';
import type { JobTable } from './job-table.ts';
import type { Settings } from './options.ts';
import type { RunTimes } from './run-times.ts';

/** What the calls of one pool share. */
export interface PoolState {
  part: PartRef;
  settings: Settings;
  jobs: JobTable;
  dispatcher: Dispatcher;
  everyone: RunTimes;
  /** A context that lives as long as the pool, on the clock of the last call. */
  ctx(): CallContext;
  /** Jobs that look for a new place after a loss. */
  moving: number;
  counts: { submitted: number; moved: number; rerun: number };
  /** Set once it was disposed of. */
  closed: ComfygenError | undefined;
}
