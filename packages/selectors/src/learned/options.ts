import { type EmbedderV1, type Flow, isObject, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';
import type { LearnedModel } from './model.ts';

/** How `trainLearned` learns. */
export interface TrainLearnedOptions {
  /** Seeds every draw: same matrix, options and seed, same bytes. 0 to 2^32 − 1. Default: 0. */
  seed?: number | undefined;
  /** Compares prompts by meaning too. The model must then be used with the same one. Default: none. */
  embedder?: EmbedderV1 | undefined;
  /** What is known of flows, so that like ones tell of flows that were never scored. Others may be among them. */
  flows?: readonly Flow[] | undefined;
  /**
   * Reads the matrix's labels, and at each choice those in `brief.options.learned.labels`. Default: false, the text
   * alone.
   */
  useLabels?: boolean | undefined;
  /** Stops between two steps of the training; rethrows its reason. */
  signal?: AbortSignal | undefined;
}

/** What `learned` takes. */
export interface LearnedOptions {
  /** From {@link trainLearned} or {@link parseLearnedModel}. */
  model: LearnedModel;
  /** The one that the model was trained with. */
  embedder?: EmbedderV1 | undefined;
}

const embedder = z
  .custom<EmbedderV1>((value) => isObject(value) && value['role'] === 'embedder', {
    error: 'must be an embedder',
  })
  .optional();

const trainOptions = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  embedder,
  flows: z.custom<readonly Flow[]>(Array.isArray, { error: 'must be a list of flows' }).optional(),
  useLabels: z.boolean().optional(),
  signal: z.instanceof(AbortSignal).optional(),
});

const learnedOptions = z.strictObject({
  model: z.custom<LearnedModel>(isObject, { error: 'must be a model of trainLearned' }),
  embedder,
});

const part = { role: 'selector', name: 'learned' } as const;

export const parseTrainOptions = (given: TrainLearnedOptions): TrainLearnedOptions =>
  parseOptions(part, trainOptions, given);

export const parseLearnedOptions = (given: LearnedOptions): LearnedOptions =>
  parseOptions(part, learnedOptions, given);
