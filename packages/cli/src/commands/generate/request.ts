import type { ExecutorV1 } from 'comfygen';
import type { Config } from '../../config/schema.ts';
import { executorsIn } from '../../parts/pool.ts';
import type { GenerateOptions } from './options.ts';

/** What is asked of core, from the command line, then the config file. */
export function generateRequest(options: GenerateOptions, config: Config, executor: ExecutorV1) {
  const strict = options.strict ?? config.strict ?? false;
  const values = {
    seed: options.seed ?? config.seed,
    count: options.count ?? config.count,
    width: options.width ?? config.width,
    height: options.height ?? config.height,
    negative: options.negative ?? config.negative,
    flow: options.flow,
    choiceSeed: options.choiceSeed,
    timeoutMs: options.timeout ?? config.timeoutMs,
    options: strict ? forEach(executorsIn(executor), { strict: true }) : undefined,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as {
    [K in keyof typeof values]?: NonNullable<(typeof values)[K]>;
  };
}

function forEach<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
