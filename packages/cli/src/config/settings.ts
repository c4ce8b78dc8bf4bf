import { resolve } from 'node:path';
import { ComfygenError } from 'comfygen';
import type { Config } from './schema.ts';

/** Which parts and flows a command works with: from the command line, then the config file, then defaults. */
export interface Setup {
  flows: NonNullable<Config['flows']>;
  only: boolean;
  executor: NonNullable<Config['executor']>;
  /** Options for an executor that is given by its name. */
  executorOptions: Record<string, unknown>;
  selector: NonNullable<Config['selector']>;
  /** Settings for a selector that is given by its name. */
  selectorSettings: SelectorSettings;
  /** How many flows are run; `undefined` for one. */
  shortlist: number | undefined;
  /** The scorer; `undefined` for the one that suits the executor. */
  scorer: Config['scorer'];
}

/** The files, model and options that a named selector is made from. */
export interface SelectorSettings {
  /** Path of a score table. */
  scores: string | undefined;
  /** Path of a learned model. */
  model: string | undefined;
  /** The language model, as `PROVIDER:MODEL[@URL]`. */
  llm: string | undefined;
  options: Record<string, unknown>;
  /** Which of these were given on the command line; it is an error there if the selector has no use for one. */
  typed: readonly ('scores' | 'model' | 'llm')[];
}

/** The command line's options about parts and flows. */
export interface SetupOptions {
  flows?: string[];
  only?: boolean;
  executor?: string;
  url?: string[];
  selector?: string;
  scores?: string;
  model?: string;
  llm?: string;
  shortlist?: number;
  scorer?: string[];
}

const isUrl = (text: string) => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** Where flows lie that were typed on the command line: a URL as it is, a path from `cwd`. */
export const locateFlows = (cwd: string, typed: string): string =>
  isUrl(typed) ? typed : resolve(cwd, typed);

/** The parts and flows that hold for this call. Paths of the command line are relative to `cwd`. */
export function resolveSetup(options: SetupOptions, config: Config, cwd: string): Setup {
  const typed = options.flows?.map((path) => locateFlows(cwd, path));
  return {
    flows: typed ?? config.flows ?? [],
    only: options.only ?? config.only ?? false,
    ...resolveExecutor(options, config),
    ...resolveSelector(options, config, cwd),
    shortlist: options.shortlist ?? config.shortlist,
    scorer: options.scorer ?? config.scorer,
  };
}

/** The selector and what it is made from: options of the config file are for the selector of the config file. */
function resolveSelector(
  options: SetupOptions,
  config: Config,
  cwd: string,
): Pick<Setup, 'selector' | 'selectorSettings'> {
  const configured = config.selector ?? 'rules';
  const selector = options.selector ?? configured;
  const path = (typed: string | undefined) => typed && resolve(cwd, typed);
  return {
    selector,
    selectorSettings: {
      scores: path(options.scores) ?? config.scores,
      model: path(options.model) ?? config.model,
      llm: options.llm ?? config.llm,
      options: selector === configured ? (config.selectorOptions ?? {}) : {},
      typed: (['scores', 'model', 'llm'] as const).filter((key) => options[key] !== undefined),
    },
  };
}

/** The executor, and its options: those of the config file are for the executor of the config file. */
function resolveExecutor(
  { executor: typed, url }: SetupOptions,
  config: Config,
): Pick<Setup, 'executor' | 'executorOptions'> {
  const configured = config.executor ?? byAddress(config.url ?? []);
  // An address says enough: what runs here has none.
  const free = config.executor === undefined || configured === 'embedded';
  const meant = url !== undefined && free ? byAddress(url) : configured;
  const executor = typed ?? meant;
  const own = executor === configured;
  const options = own ? { ...config.executorOptions } : {};
  const addresses = url ?? (own ? (config.url ?? []) : []);
  return { executor, executorOptions: withAddresses(executor, options, addresses) };
}

function byAddress({ length }: readonly string[]): string {
  if (length === 0) return 'embedded';
  return length === 1 ? 'comfyui' : 'pool';
}

function withAddresses(
  executor: Setup['executor'],
  options: Record<string, unknown>,
  addresses: readonly string[],
): Record<string, unknown> {
  if (addresses.length === 0) return options;
  if (executor === 'pool') {
    if (options['members'] === undefined) return { ...options, members: addresses };
    throw new ComfygenError(
      'INVALID_OPTIONS',
      'The pool of the config file has members: an address can’t be added to them here.',
      { details: { hint: 'For that server alone: --executor comfyui --url ADDRESS' } },
    );
  }
  if (addresses.length === 1) return { ...options, url: addresses[0] };
  const name = typeof executor === 'string' ? executor : executor.name;
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `${name} takes one address, and ${addresses.length} are given.`,
    { details: { hint: 'Several ComfyUI servers as one: --executor pool --url … --url …' } },
  );
}
