import type { Options } from 'tsup';

/** One build for every package: ESM, bundled declarations, no transpiling below the floor. */
export function library(entry: Record<string, string>, extra: Options = {}): Options {
  return {
    entry,
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
