import { resolve } from 'node:path';
import type { Config } from './schema.ts';

/** Which parts and flows a command works with: from the command line, then the config file, then defaults. */
export interface Setup {
  flows: NonNullable<Config['flows']>;
  only: boolean;
  executor: NonNullable<Config['executor']>;
  selector: NonNullable<Config['selector']>;
  /** `undefined`: what suits the executor. */
  scorer: Config['scorer'];
}

/** What a command line may say of its parts. */
export interface SetupOptions {
  flows?: string[];
  only?: boolean;
  executor?: string;
  selector?: string;
  scorer?: string[];
}

const isUrl = (text: string) => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** The parts and flows that hold for this call. Paths of the command line are relative to `cwd`. */
export function resolveSetup(options: SetupOptions, config: Config, cwd: string): Setup {
  const typed = options.flows?.map((path) => (isUrl(path) ? path : resolve(cwd, path)));
  return {
    flows: typed ?? config.flows ?? [],
    only: options.only ?? config.only ?? false,
    executor: options.executor ?? config.executor ?? 'embedded',
    selector: options.selector ?? config.selector ?? 'rules',
    scorer: options.scorer ?? config.scorer,
  };
}
