import { type EmbedderV1, type Flow, isObject, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';
import type { LearnedModel } from './model.ts';

/** Options of `trainLearned`. */
export interface TrainLearnedOptions {
  /** Seeds every draw: same matrix, options and seed, same bytes. 0 to 2^32 − 1. Default: 0. */
  seed?: number | undefined;
  /** An embedder, to compare prompts by meaning too. The model must then be used with the same one. Default: none. */
  embedder?: EmbedderV1 | undefined;
  /**
   * What flows are made of, so that predictions for similar flows cover those that were never scored. Flows that the
   * matrix lacks are ignored. Default: not known.
   */
  flows?: readonly Flow[] | undefined;
  /**
   * Whether labels are used: the matrix's in training, those in `brief.options.learned.labels` at each choice.
   * Default: false, the text alone.
   */
  useLabels?: boolean | undefined;
  /** Stops the training between two steps; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Options of `learned`. */
export interface LearnedOptions {
  /** The trained model, from {@link trainLearned} or {@link parseLearnedModel}. */
  model: LearnedModel;
  /** The embedder that the model was trained with; needed where it was trained with one. */
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
