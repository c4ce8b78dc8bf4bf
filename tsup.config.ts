import type { Options } from 'tsup';
import { packageEntries } from './scripts/package-entries.ts';

/** One build for every package: ESM, bundled declarations, no transpiling below the floor. */
export function library(folder: string, extra: Options = {}): Options {
  return {
    entry: Object.fromEntries(packageEntries(folder).map(({ built, source }) => [built, source])),
    format: ['esm'],
    target: 'node22',
    dts: true,
    // The output is readable as it is; maps would double what people download.
    sourcemap: false,
    clean: true,
    treeshake: true,
    ...extra,
  };
}
