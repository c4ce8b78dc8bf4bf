import {
  type Brief,
  type Flow,
  isObject,
  type LanguageModelV1,
  type PartRef,
  parseOptions,
  parseScoreTable,
  type ScoreTable,
  type TextCache,
} from 'comfygen/plugin';
import { defaultPolicy, type SafetyPolicy } from 'comfygen/workflow';
import { z } from 'zod';
import { CHOICE_TIMEOUT_MS, modelOptions } from '../language-model/model-options.ts';
import { labelByLexicon, type PromptLabeller } from '../language-model/prompt-labeller.ts';
import type { NewFile } from './describe-flows.ts';
import { type Encoding, type FullEncoding, fullEncoding } from './encoding.ts';
import type { TargetScores } from './target-score.ts';

/** How this selector is called in errors, warnings and per-run options. */
export const PART = { role: 'selector', name: 'fine-tuned' } as const satisfies PartRef;

/**
 * Options of `fineTuned`; all but `llm` may be left out. Those of `Encoding` must equal the ones of the training
 * lines.
 */
export interface FineTunedOptions extends Encoding {
  /** The fine-tuned model, behind any provider of `@comfygen/llm` or your own. */
  llm: LanguageModelV1;
  /**
   * The score that is asked for, on the scale of the training scores; see `calibrateTarget`. Default 0.725, the
   * paper's, which means something on the paper's scale only.
   */
  target?: number | TargetScores | undefined;
  /** Labels a prompt, for `target.byLabel`. Default: the lexicon of `rules`, which knows the 20 labels of `LABELS`. */
  labelWith?: PromptLabeller | undefined;
  /**
   * The flows that the model was trained on. Offered flows that are not among them are described in the request, and
   * a reply that names one of them which can't run here goes to the nearest that can. Default: those on offer.
   */
  known?: readonly Flow[] | undefined;
  /** Model files that the model was not trained on and may write into workflows. Default none. */
  newFiles?: readonly NewFile[] | undefined;
  /**
   * A table that gives the fallback flow and ranks the flows that the model did not choose. Default: ranked by
   * `rules`.
   */
  scores?: ScoreTable | undefined;
  /** What a workflow that the model wrote may contain; the host's own policy holds as well. Default `defaultPolicy`. */
  policy?: SafetyPolicy | undefined;
  /** A cache for usable replies, so that the same question is not paid for twice. Default none. */
  cache?: TextCache | undefined;
  /** The most tokens that a reply may have. Default 100 for a flow id, 3,000 for a workflow. */
  maxTokens?: number | undefined;
  /** How long a reply may take, in milliseconds; then the fallback is taken. Default 30,000. */
  timeoutMs?: number | undefined;
}

/** The options with all defaults filled in. */
export interface Settings extends FullEncoding {
  llm: LanguageModelV1;
  target: number | TargetScores;
  labelWith: PromptLabeller;
  known: readonly Flow[] | undefined;
  newFiles: readonly NewFile[];
  scores: ScoreTable | undefined;
  policy: SafetyPolicy;
  cache: TextCache | undefined;
  maxTokens: number;
  timeoutMs: number;
}

const PAPER_TARGET = 0.725;
const MOST_TOKENS = { 'flow-id': 100, workflow: 3_000 };

const schema = z.strictObject({
  ...modelOptions(CHOICE_TIMEOUT_MS),
  target: z
    .union([
      z.number(),
      z.strictObject({ overall: z.number(), byLabel: z.record(z.string(), z.number()) }),
    ])
    .optional(),
  labelWith: z.custom<PromptLabeller>((value) => typeof value === 'function').optional(),
  known: z.array(z.custom<Flow>(isObject)).optional(),
  newFiles: z
    .array(z.strictObject({ file: z.string().min(1), description: z.string().min(1) }))
    .optional(),
  scores: z.custom<ScoreTable>(isObject).optional(),
  policy: z.custom<SafetyPolicy>(isObject).optional(),
  maxTokens: z.int().min(1).optional(),
  output: z.enum(['flow-id', 'workflow']).optional(),
  scoreStep: z.number().positive().optional(),
  system: z.string().min(1).optional(),
});

/** Options with their defaults. @throws INVALID_OPTIONS, INVALID_SCORES for a damaged table */
export function readOptions(given: FineTunedOptions): Settings {
  const options = parseOptions(PART, schema, given);
  const encoding = fullEncoding(options);
  return {
    ...encoding,
    llm: options.llm,
    target: options.target ?? PAPER_TARGET,
    labelWith: options.labelWith ?? labelByLexicon,
    known: options.known,
    newFiles: options.newFiles ?? [],
    scores: options.scores && parseScoreTable(options.scores),
    policy: options.policy ?? defaultPolicy,
    cache: options.cache,
    maxTokens: options.maxTokens ?? MOST_TOKENS[encoding.output],
    timeoutMs: options.timeoutMs,
  };
}

const runSchema = z.strictObject({ target: z.number().optional() });

/** The target of one run, given in `brief.options['fine-tuned']`. @throws INVALID_OPTIONS */
export function targetOfRun({ options }: Brief): number | undefined {
  return parseOptions(PART, runSchema, options[PART.name] ?? {}).target;
}
