import {
  type Flow,
  type LanguageModelV1,
  parseOptions,
  parseScoreTable,
  type ScoreTable,
  type SelectorV1,
  type TextCache,
} from 'comfygen/plugin';
import { z } from 'zod';
import { CHOICE_TIMEOUT_MS, modelOptions } from '../language-model/model-options.ts';
import { labelByLexicon, type PromptLabeller } from '../language-model/prompt-labeller.ts';

/** Options of `inContext`; all but `llm` may be left out. */
export interface InContextOptions {
  /** Who chooses: `anthropic({ model })`, `openai({ model })`, or any other. */
  llm: LanguageModelV1;
  /** Scores of the flows, by label. Default: none; then the model chooses by the descriptions of the flows alone. */
  scores?: ScoreTable | undefined;
  /**
   * The whole library. Where it is given, the page that the model reads is the same whatever a brief leaves on offer,
   * and a provider's prompt cache always hits. Default: the page holds the offer.
   */
  flows?: readonly Flow[] | undefined;
  /**
   * The selector that chooses where the model gives no usable answer. Default: the table, by the labels found in the
   * prompt; without a table, `rules()`.
   */
  fallback?: SelectorV1 | undefined;
  /**
   * Labels a prompt before the model reads it: the table's best rows for these labels are shown with the prompt.
   * Default: the lexicon of `rules`, which knows the 20 labels of `LABELS`. The cost of another labeller is not in
   * `usage`.
   */
  labelWith?: PromptLabeller | undefined;
  /** A cache for usable replies, so that the same question is not paid for twice. Default: none. */
  cache?: TextCache | undefined;
  /**
   * How long a reply may take, in milliseconds; then the fallback chooses. A reply that has to be asked for again has
   * as long once more. Default 30,000.
   */
  timeoutMs?: number | undefined;
  /** How many flows the model ranks, 1 to 10. Default 3. */
  choices?: number | undefined;
  /**
   * The most flows that the model reads about, 2 to 250. Default 64: those with the highest place under any label,
   * and those without scores.
   */
  maxRows?: number | undefined;
  /** The most tokens that a reply may have. Default: the model's own limit. */
  maxTokens?: number | undefined;
  /** The model's temperature, 0 to 2. Default: the provider's own. */
  temperature?: number | undefined;
}

/** The part that options, errors and warnings name. */
export const PART = { role: 'selector', name: 'in-context' } as const;

const isSelector = (value: unknown) => (value as Partial<SelectorV1> | null)?.role === 'selector';

const schema = z.strictObject({
  ...modelOptions(CHOICE_TIMEOUT_MS),
  scores: z.custom<ScoreTable>((value) => typeof value === 'object').optional(),
  flows: z.array(z.custom<Flow>((value) => typeof value === 'object')).optional(),
  fallback: z.custom<SelectorV1>(isSelector, 'must be a selector').optional(),
  labelWith: z.custom<PromptLabeller>((value) => typeof value === 'function').optional(),
  choices: z.int().min(1).max(10).default(3),
  maxRows: z.int().min(2).max(250).default(64),
  maxTokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
});

/** The options with their defaults. @throws INVALID_OPTIONS; INVALID_SCORES where the table is damaged */
export function readOptions(given: InContextOptions) {
  const { scores, labelWith = labelByLexicon, ...rest } = parseOptions(PART, schema, given);
  return { ...rest, labelWith, scores: scores === undefined ? undefined : parseScoreTable(scores) };
}

export type Settings = ReturnType<typeof readOptions>;
