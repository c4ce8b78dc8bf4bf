import { resolve } from 'node:path';
import type { Config } from './schema.ts';

/** Which parts and flows a command works with: from the command line, then the config file, then defaults. */
export interface Setup {
  flows: NonNullable<Config['flows']>;
  only: boolean;
  executor: NonNullable<Config['executor']>;
  /** For an executor that is given by its name. */
  executorOptions: Record<string, unknown>;
  selector: NonNullable<Config['selector']>;
  /** `undefined`: what suits the executor. */
  scorer: Config['scorer'];
}

/** What a command line may say of its parts. */
export interface SetupOptions {
  flows?: string[];
  only?: boolean;
  executor?: string;
  url?: string;
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
    ...resolveExecutor(options, config),
    selector: options.selector ?? config.selector ?? 'rules',
    scorer: options.scorer ?? config.scorer,
  };
}

/** The executor, and its options: those of the config file are for the executor of the config file. */
function resolveExecutor(
  { executor: typed, url }: SetupOptions,
  config: Config,
): Pick<Setup, 'executor' | 'executorOptions'> {
  const configured = config.executor ?? (config.url === undefined ? 'embedded' : 'comfyui');
  // An address says enough: what runs here has none.
  const meant = url !== undefined && configured === 'embedded' ? 'comfyui' : configured;
  const executor = typed ?? meant;
  const own = executor === configured;
  const address = url ?? (own ? config.url : undefined);
  return {
    executor,
    executorOptions: {
      ...(own && config.executorOptions),
      ...(address !== undefined && { url: address }),
    },
  };
}
