import { ComfygenError, isObject, type JsonObject, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';
import type { ModelLibrary } from '../model/types.ts';
import { DEFAULT_LIMITS } from '../runtime/limits.ts';
import type { NodeDefinition } from '../runtime/node-definition.ts';

/** Options of `embedded`; all may be left out. */
export interface EmbeddedOptions {
  /** The models that graphs may load. Default: the emoji world. */
  models?: ModelLibrary | undefined;
  /** Node classes to add to ComfyUI's; one of the same name replaces it. Default: none. */
  nodes?: readonly NodeDefinition[] | undefined;
  /** Whether a word that the model does not know fails the job. Default: false, it is a warning. */
  strict?: boolean | undefined;
  /** Folder that LoadImage reads from. Default: none, uploaded files only. */
  inputDir?: string | undefined;
  /** The most bytes of results that are kept for later jobs. Default: 48 MiB; 0 keeps none. */
  cacheBytes?: number | undefined;
  /**
   * Whether it draws in a worker thread, which leaves the host's own free. Default: wherever there are worker threads,
   * unless `models` or `nodes` are given: those are the host's functions and run where it does, in slices.
   */
  worker?: boolean | undefined;
  /** Jobs that run at the same time, taking turns on one thread. Default: 1. */
  concurrency?: number | undefined;
  /** The most pixels of one batch: width × height × pictures. Default: 2048 × 2048. */
  maxPixels?: number | undefined;
  /** Steps that one sampler may take. Default: 1000. */
  maxSteps?: number | undefined;
  /** The most nodes of a graph. Default: 500. */
  maxNodes?: number | undefined;
  /** The most characters of all texts of a graph together. Default: 200,000. */
  maxTextLength?: number | undefined;
  /** The most conditions in one CONDITIONING; each is computed in every step. Default: 64. */
  maxConditions?: number | undefined;
  /**
   * The most bytes of pictures, latents, embeddings and files that a job holds at once; what a node needs besides, the
   * models and caches come on top. Default: 160 MiB, with which the process stays below 600 MB.
   */
  maxBytes?: number | undefined;
  /** The most bytes of uploaded pictures; the one that was longest not used goes first. Default: 64 MiB. */
  maxUploadBytes?: number | undefined;
}

const PART = { role: 'executor', name: 'embedded' } as const;

const schema = z.strictObject({
  models: z.custom<ModelLibrary>(isObject, 'must be a model library').optional(),
  nodes: z.array(z.custom<NodeDefinition>(isObject, 'must be a node definition')).default([]),
  strict: z.boolean().default(false),
  inputDir: z.string().optional(),
  cacheBytes: z
    .int()
    .min(0)
    .default(48 * 1024 * 1024),
  worker: z.boolean().optional(),
  concurrency: z.int().min(1).default(1),
  maxPixels: z.int().min(1).default(DEFAULT_LIMITS.maxPixels),
  maxSteps: z.int().min(1).default(DEFAULT_LIMITS.maxSteps),
  maxNodes: z.int().min(1).default(DEFAULT_LIMITS.maxNodes),
  maxTextLength: z.int().min(1).default(DEFAULT_LIMITS.maxTextLength),
  maxConditions: z.int().min(1).default(DEFAULT_LIMITS.maxConditions),
  maxBytes: z.int().min(1).default(DEFAULT_LIMITS.maxBytes),
  maxUploadBytes: z
    .int()
    .min(1)
    .default(64 * 1024 * 1024),
});

const runSchema = z.strictObject({ strict: z.boolean().optional() });
/** The options of one run. */
export const RUN_OPTIONS = Object.keys(runSchema.shape);

/** The options with their defaults. Throws INVALID_OPTIONS. */
export function readOptions(options: EmbeddedOptions) {
  const { worker, ...settings } = parseOptions(PART, schema, options);
  const isOwn = settings.models === undefined && settings.nodes.length === 0;
  if (worker && !isOwn) {
    const message =
      'embedded: worker must be false or left out where models or nodes are given: functions cannot go to a worker.';
    throw new ComfygenError('INVALID_OPTIONS', message, { part: PART, details: { worker } });
  }
  return { ...settings, worker: worker ?? isOwn };
}

/** The options of one run, given in `brief.options.embedded`. Throws INVALID_OPTIONS. */
export function readRunOptions(options: JsonObject | undefined) {
  return parseOptions(PART, runSchema, options ?? {});
}
