import { z } from 'zod';
import { plain } from './flow-card.ts';

/** A label with the rule by which a prompt gets it. */
export interface LabelDefinition {
  /** In kebab-case. */
  label: string;
  /** Which prompts get it, in a sentence; may be empty. */
  meaning: string;
}

/** `Sci-Fi & Space` is `sci-fi-space`; empty where nothing of a name is left. */
export function labelName(text: string): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return plain(words.join('-'), 40);
}

export const labelDefinition = z.looseObject({
  label: z.string(),
  meaning: z.string().catch(''),
});
