import { ComfygenError, type JsonObject } from 'comfygen/plugin';
import type { ModelLibrary } from '../model/types.ts';
import type { NodeDefinition } from '../runtime/node-definition.ts';

/** Settings of the embedded executor. */
export interface EmbeddedOptions {
  /** The models that graphs may load. Default: the emoji world. */
  models?: ModelLibrary | undefined;
  /** Node classes besides ComfyUI's; one of the same name replaces it. */
  nodes?: readonly NodeDefinition[] | undefined;
  /** Whether a word that the model does not know fails the job. Default: false, it is a warning. */
  strict?: boolean | undefined;
  /** Folder that LoadImage reads from. Default: none, uploaded files only. */
  inputDir?: string | undefined;
  /** Results kept between jobs, in bytes. Default: 128 MiB; 0 keeps none. */
  cacheBytes?: number | undefined;
  /** Jobs that run at the same time, taking turns on one thread. Default: 1. */
  concurrency?: number | undefined;
  /** Width × height × pictures that one batch may have. Default: 2048 × 2048. */
  maxPixels?: number | undefined;
  /** Steps that one sampler may take. Default: 1000. */
  maxSteps?: number | undefined;
}

const KNOWN = {
  models: 'object',
  nodes: 'object',
  strict: 'boolean',
  inputDir: 'string',
  cacheBytes: 'number',
  concurrency: 'number',
  maxPixels: 'number',
  maxSteps: 'number',
} as const;

/** Throws INVALID_OPTIONS for an unknown name, a wrong type, or a number that makes no sense. */
export function checkOptions(options: EmbeddedOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(KNOWN, name)) throw optionError(`there is no option "${name}"`, name);
    const type = KNOWN[name as keyof typeof KNOWN];
    if (typeof value !== type) throw optionError(`"${name}" must be a ${type}`, name);
    if (type !== 'number') continue;
    const least = name === 'cacheBytes' ? 0 : 1;
    if (!Number.isSafeInteger(value) || (value as number) < least) {
      throw optionError(`"${name}" must be a whole number from ${least}`, name);
    }
  }
}

/** The options of one run, given in `brief.options.embedded`. Throws INVALID_OPTIONS. */
export function readRunOptions(options: JsonObject | undefined): { strict?: boolean } {
  const { strict, ...rest } = options ?? {};
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw optionError(`there is no option "${unknown}" for a run`, unknown);
  if (strict === undefined) return {};
  if (typeof strict !== 'boolean') throw optionError('"strict" must be a boolean', 'strict');
  return { strict };
}

function optionError(reason: string, option: string): ComfygenError {
  return new ComfygenError('INVALID_OPTIONS', `Embedded executor: ${reason}.`, {
    details: { option },
  });
}
