import { ComfygenError, type ExecutorV1, type ScorerV1 } from 'comfygen';
import type { Setup } from '../config/settings.ts';
import { didYouMean } from '../render/did-you-mean.ts';

/** Functions that load a part by its name on the command line; a part is loaded only when it is used. */
export type Loaders<T> = { [name: string]: (options: Record<string, unknown>) => Promise<T> };

// What the options may be, each factory says itself.
const EXECUTORS: Loaders<ExecutorV1> = {
  embedded: async (options) => (await import('@comfygen/embedded')).embedded(options),
  comfyui: async (options) => (await import('@comfygen/executors/comfyui')).comfyui(options),
  'comfy-api': async ({ url, ...options }) =>
    (await import('@comfygen/executors/comfy-api')).comfyApi({ ...options, ...baseUrl(url) }),
  comfyicu: async (options) => (await import('@comfygen/executors/comfyicu')).comfyicu(options),
  replicate: async (options) => (await import('@comfygen/executors/replicate')).replicate(options),
  runpod: async ({ url, ...options }) =>
    (await import('@comfygen/executors/runpod')).runpod({ ...options, ...baseUrl(url) }),
  pool: async (options) => (await import('./pool.ts')).createPool(options, loadExecutor),
};

/** Executors that have a name on the command line, in the order in which help and README list them. */
export const executorNames = Object.keys(EXECUTORS);

const SCORERS: Loaders<ScorerV1> = {
  technical: async () => (await import('@comfygen/scorers/technical')).technical(),
  adherence: async () => (await import('@comfygen/embedded/scorer')).adherence(),
};

/** The executor of this name with these options, or the object itself. Throws INVALID_OPTIONS listing what exists. */
export async function loadExecutor({
  executor,
  executorOptions,
}: Pick<Setup, 'executor' | 'executorOptions'>): Promise<ExecutorV1> {
  if (typeof executor !== 'string' && Object.keys(executorOptions).length > 0) {
    const names = Object.keys(executorOptions).join(', ');
    throw new ComfygenError(
      'INVALID_OPTIONS',
      `The executor is an object of the config file, so ${names} can't be set here: set it there.`,
    );
  }
  return load('executor', EXECUTORS, executor, executorOptions);
}

/**
 * The scorer that is named; an ensemble where several are. `none` gives no scorer; without a name the one that suits
 * the executor.
 */
export async function loadScorer(
  given: readonly (string | ScorerV1)[] | undefined,
  executor: ExecutorV1,
): Promise<ScorerV1 | undefined> {
  const suited = executor.name === 'embedded' ? ['adherence', 'technical'] : ['technical'];
  const wanted = given ?? suited;
  if (wanted.length === 1 && wanted[0] === 'none') return undefined;
  const scorers = await Promise.all(wanted.map((one) => load('scorer', SCORERS, one)));
  if (scorers.length === 1) return scorers[0];
  return (await import('@comfygen/scorers')).ensemble(scorers);
}

/** These services call their address so; without one they have their own. */
function baseUrl(url: unknown): { baseUrl?: string } {
  return url === undefined ? {} : { baseUrl: url as string };
}

/** The part of this name, or the object itself. @throws INVALID_OPTIONS listing what exists */
export async function load<T>(
  role: string,
  loaders: Loaders<T>,
  given: string | T,
  options: Record<string, unknown> = {},
): Promise<T> {
  if (typeof given !== 'string') return given;
  const found = Object.hasOwn(loaders, given) ? loaders[given] : undefined;
  if (found !== undefined) return found(options);
  const names = Object.keys(loaders);
  const question = didYouMean(given, names);
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `There is no ${role} named "${given}".${question} There is: ${names.join(', ')}.`,
    {
      details: {
        [role]: given,
        hint: `Another ${role} can be plugged in as an object: export default { ${role}: … } in comfygen.config.mjs`,
      },
    },
  );
}
