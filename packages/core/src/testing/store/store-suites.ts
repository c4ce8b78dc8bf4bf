import type { JobStore, RecordStore, TextCache } from '../../spec/index.ts';
import { type Runner, registerCases, registerLeftOut } from '../runner.ts';
import { jobCases } from './job-cases.ts';
import { recordCases } from './record-cases.ts';
import type { StoreBench, StoreCase, StoreSuiteOptions } from './store-bench.ts';
import { textCases } from './text-cases.ts';

/**
 * Registers the contract of record stores as test cases: records come back as they were, in their order, and of what
 * several write at once nothing is lost, verdicts included.
 *
 * @example
 * recordStoreSuite({ describe, it }, { create: async () => ({ store: myStore(), another: undefined }) });
 */
export function recordStoreSuite(runner: Runner, options: StoreSuiteOptions<RecordStore>): void {
  registerSuite(runner, 'record store contract v1', recordCases, options);
}

/** Registers the contract of job stores as test cases; see `recordStoreSuite`. */
export function jobStoreSuite(runner: Runner, options: StoreSuiteOptions<JobStore>): void {
  registerSuite(runner, 'job store contract v1', jobCases, options);
}

/** Registers the contract of text caches as test cases; see `recordStoreSuite`. */
export function textCacheSuite(runner: Runner, options: StoreSuiteOptions<TextCache>): void {
  registerSuite(runner, 'text cache contract v1', textCases, options);
}

function registerSuite<Store>(
  runner: Runner,
  name: string,
  cases: readonly StoreCase<Store>[],
  { create, limitMs = 20_000 }: StoreSuiteOptions<Store>,
): void {
  runner.describe(name, async () => {
    const { another } = await create();
    const applies = ({ shared }: StoreCase<Store>, on = another) => !shared || on !== undefined;
    const leftOut = (on: typeof another) =>
      cases
        .filter((one) => !applies(one, on))
        .map((one) => ({ label: one.name, why: 'each store keeps for itself' }));
    registerLeftOut(runner, leftOut(another), async () => leftOut((await create()).another));
    registerCases<StoreBench<Store>, StoreCase<Store>>(
      runner,
      cases.filter((one) => applies(one)),
      { open: create, close: async () => {}, limitMs },
    );
  });
}
