import { ComfygenError } from '../errors/comfygen-error.ts';
import type { ComfyGenOptions, GenerateOptions } from './types.ts';

/** Every key of a type, which the compiler holds to be complete. */
type Keys<T> = { [K in keyof Required<T>]: true };

const HOST: Keys<ComfyGenOptions> = {
  flows: true,
  selector: true,
  executor: true,
  scorer: true,
  reader: true,
  records: true,
  jobs: true,
  concurrency: true,
  maxRetries: true,
  policy: true,
  clock: true,
  log: true,
};
const CALL: Keys<GenerateOptions> = {
  seed: true,
  count: true,
  width: true,
  height: true,
  negative: true,
  limits: true,
  flow: true,
  choiceSeed: true,
  options: true,
  signal: true,
  timeoutMs: true,
};

/** Refuses what is no options object of createComfyGen. @throws INVALID_OPTIONS */
export function checkHostOptions(options: unknown): asserts options is ComfyGenOptions {
  checkKeys('createComfyGen', options, HOST);
}

/** Refuses what is no options object of a call. @throws INVALID_OPTIONS */
export function checkCallOptions(options: unknown): asserts options is GenerateOptions {
  checkKeys('A call of comfygen', options, CALL);
  const { signal, choiceSeed = 0 } = options as GenerateOptions;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ComfygenError('INVALID_OPTIONS', 'signal must be an AbortSignal.');
  if (!Number.isInteger(choiceSeed) || choiceSeed < 0 || choiceSeed >= 2 ** 32)
    throw new ComfygenError(
      'INVALID_OPTIONS',
      `choiceSeed must be a whole number from 0 to 2^32 − 1; got ${choiceSeed}.`,
    );
}

function checkKeys(what: string, options: unknown, keys: { [key: string]: true }): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ComfygenError('INVALID_OPTIONS', `${what} takes an object of options.`);
  const unknown = Object.keys(options).filter((key) => !Object.hasOwn(keys, key));
  if (unknown.length === 0) return;
  throw new ComfygenError(
    'INVALID_OPTIONS',
    `${what} has no option ${unknown.join(', ')}; there are ${Object.keys(keys).join(', ')}.`,
    { details: { unknown } },
  );
}
