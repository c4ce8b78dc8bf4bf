import { resolve } from 'node:path';
import type { JobStore, Warning } from 'comfygen';
import { isTerminal } from 'comfygen/http';
import type { StoreOptions } from 'comfygen/node';
import { isFolder, openJobStore, USUAL_STORE } from './stores.ts';

/** Where earlier versions kept jobs: while that folder is there, it is gone on with. */
const EARLIER_FOLDER = '.comfygen/jobs';
/** Ended jobs that are remembered. One that may still run is never forgotten. */
const KEPT = 100;

/** Where references of jobs are kept, a file or a folder; `undefined` where they are not. */
export function jobPlace(given: string | false | undefined, cwd: string): string | undefined {
  if (given === false) return undefined;
  const earlier = resolve(cwd, EARLIER_FOLDER);
  return resolve(cwd, given ?? (isFolder(earlier) ? earlier : USUAL_STORE));
}

/** The store at a place. It forgets the oldest ended jobs, so that it does not grow for ever. */
export async function openJobs(
  place: string,
  // A file that is no job hurts nobody who makes a picture; `jobs list` tells of it.
  { onDamaged = () => {} }: StoreOptions = {},
): Promise<JobStore> {
  const store = await openJobStore(place, { onDamaged });
  return {
    ...store,
    async put(entry) {
      await store.put(entry);
      if (isTerminal(entry)) await forgetOldest(store);
    },
  };
}

async function forgetOldest(store: JobStore): Promise<void> {
  const ended: string[] = [];
  for await (const entry of store.list()) if (isTerminal(entry)) ended.push(entry.planId);
  for (const planId of ended.slice(0, Math.max(0, ended.length - KEPT))) await store.delete(planId);
}

/** The warning that jobs of this executor are not kept, although a folder was asked for. */
export function jobsNotKept(executor: string): Warning {
  return {
    code: 'jobs-not-kept',
    message: `Jobs of ${executor} end with this command, so no reference of one is kept.`,
  };
}
