import type { CallContext } from 'comfygen/plugin';
import { labelPrompt } from '../rules/label-prompt.ts';

/** The labels of a prompt, in kebab-case; those that a table lacks count for nothing. */
export type PromptLabeller = (
  prompt: string,
  ctx: CallContext,
) => readonly string[] | Promise<readonly string[]>;

/** The lexicon of `rules`, which knows the 20 labels of `LABELS`. */
export const labelByLexicon: PromptLabeller = (prompt) =>
  labelPrompt(prompt).labels.map(({ label }) => label);
