import { isObject, type LanguageModelV1, type TextCache } from 'comfygen/plugin';
import { z } from 'zod';

function isLanguageModel(value: unknown): boolean {
  const { role, spec } = (value ?? {}) as Partial<LanguageModelV1>;
  return role === 'language-model' && spec === 'v1';
}

/**
 * The options that all callers of a language model share, as a schema; `timeoutMs` is the default time for a reply.
 */
export const modelOptions = (timeoutMs: number) => ({
  llm: z.custom<LanguageModelV1>(
    isLanguageModel,
    'must be a language model, such as openai({ … }) of @comfygen/llm',
  ),
  cache: z.custom<TextCache>(isObject).optional(),
  timeoutMs: z.int().min(1).default(timeoutMs),
});

/** A choice keeps somebody waiting for a picture. */
export const CHOICE_TIMEOUT_MS = 30_000;
/** Labels are made beforehand, and their replies are long. */
export const LABELS_TIMEOUT_MS = 120_000;
