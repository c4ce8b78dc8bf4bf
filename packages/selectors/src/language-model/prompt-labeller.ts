import type { CallContext } from 'comfygen/plugin';
import { labelPrompt } from '../rules/label-prompt.ts';

/** Gives the labels of a prompt, in kebab-case; labels that a score table lacks are ignored. */
export type PromptLabeller = (
  prompt: string,
  ctx: CallContext,
) => readonly string[] | Promise<readonly string[]>;

/** The lexicon of `rules`, which knows the 20 labels of `LABELS`. */
export const labelByLexicon: PromptLabeller = (prompt) =>
  labelPrompt(prompt).labels.map(({ label }) => label);
