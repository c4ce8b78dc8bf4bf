import {
  type CallContext,
  type LanguageModelV1,
  type LanguageUsage,
  parseOptions,
  type TextCache,
  type Warning,
} from 'comfygen/plugin';
import { z } from 'zod';
import { plain } from '../language-model/flow-card.ts';
import { LABELS_TIMEOUT_MS, modelOptions } from '../language-model/model-options.ts';
import type { AskFailure } from '../language-model/question.ts';
import { type LabelDefinition, labelDefinition } from './label-definition.ts';
import { startLabelRun } from './label-run.ts';
import { PART } from './options.ts';

/** Options of `labelPrompts`. */
export interface LabelPromptsOptions {
  llm: LanguageModelV1;
  prompts: readonly string[];
  /** The labels to choose from: names, or the definitions that `proposeLabels` gave. */
  labels: readonly (string | LabelDefinition)[];
  /** Prompts in one request, 1 to 100. Default 25. */
  batchSize?: number | undefined;
  /** Requests at a time, 1 to 32. Default 4. */
  concurrency?: number | undefined;
  /**
   * A cache for replies. With one, a call that was interrupted continues where it stopped when made again. Default:
   * none.
   */
  cache?: TextCache | undefined;
  /**
   * How long a reply may take, in milliseconds; then the batch is asked for again, up to three times. Default 120,000.
   */
  timeoutMs?: number | undefined;
  /** Called after each batch; an error that it throws ends the call. */
  onProgress?: ((progress: LabelProgress) => void) | undefined;
}

/** How far a call of `labelPrompts` has come. */
export interface LabelProgress {
  /** Number of prompts that were answered. */
  done: number;
  total: number;
  /** The usage so far; `undefined` while nothing was paid. */
  usage: LanguageUsage | undefined;
}

/** The result of `labelPrompts`. */
export interface LabelledPrompts {
  /**
   * For each prompt, in order: its labels, of those given; `[]` where none fits, `null` where the model gave no answer.
   */
  labels: (string[] | null)[];
  /** Indexes of the prompts that got no answer. */
  missing: number[];
  /** The usage of all requests together; `undefined` where nothing was paid. */
  usage: LanguageUsage | undefined;
  warnings: Warning[];
}

const LONGEST_PROMPT = 2_000;

const options = z.strictObject({
  ...modelOptions(LABELS_TIMEOUT_MS),
  prompts: z.array(z.string()),
  labels: z
    .array(z.union([z.string().min(1), labelDefinition]))
    .min(1)
    .transform((labels) =>
      labels.map((one) => (typeof one === 'string' ? { label: one, meaning: '' } : one)),
    )
    .refine(
      (labels) => new Set(labels.map(({ label }) => label)).size === labels.length,
      'must be distinct',
    ),
  batchSize: z.int().min(1).max(100).default(25),
  concurrency: z.int().min(1).max(32).default(4),
  onProgress: z
    .custom<LabelPromptsOptions['onProgress']>((value) => typeof value === 'function')
    .optional(),
});

/**
 * Labels many prompts, many in one request. Equal prompts are asked once; those that a reply leaves out are asked for
 * once more. An overloaded model is waited for as long as it says, a late one is asked again. What fails for good
 * leaves prompts `missing` with a warning, so that nothing that was paid for is lost.
 *
 * Throws INVALID_OPTIONS, `ctx.signal.reason`, and what the model throws where not one prompt could be labelled.
 */
export async function labelPrompts(
  given: LabelPromptsOptions,
  ctx: CallContext,
): Promise<LabelledPrompts> {
  ctx.signal.throwIfAborted();
  const { onProgress, prompts, ...settings } = parseOptions(PART, options, given);
  const texts = prompts.map((text) => plain(text, LONGEST_PROMPT));
  const known = new Map<string, string[]>();
  const run = startLabelRun(settings, ctx, (found) => {
    for (const [text, labels] of found) known.set(text, labels);
    const done = texts.filter((text) => known.has(text)).length;
    onProgress?.({ done, total: texts.length, usage: run.usage() });
  });
  for (const _pass of [1, 2]) {
    await run.ask([...new Set(texts)].filter((text) => !known.has(text)));
  }
  const failure = run.failure();
  if (known.size === 0 && failure?.error !== undefined) throw failure.error;
  const missing = texts.flatMap((text, index) => (known.has(text) ? [] : [index]));
  return {
    labels: texts.map((text) => known.get(text) ?? null),
    missing,
    usage: run.usage(),
    warnings: [...run.warnings(), ...missingWarnings(missing, texts.length, failure)],
  };
}

function missingWarnings(
  { length }: readonly number[],
  total: number,
  failure: AskFailure | undefined,
): Warning[] {
  if (length === 0) return [];
  const reason = failure === undefined ? 'the replies left them out' : failure.message;
  const message = `${length} of ${total} prompts got no answer: ${reason}`;
  return [
    { code: 'prompts-unlabelled', message, details: { error: failure?.error?.code ?? null } },
  ];
}
