import { z } from 'zod';

/** A label with the rule by which a prompt gets it. */
export interface LabelDefinition {
  /** In kebab-case. */
  label: string;
  /** Which prompts get it, in a sentence; may be empty. */
  meaning: string;
}

const LONGEST = 40;

/** `Sci-Fi & Space` is `sci-fi-space`; empty where nothing of a name is left. */
export function labelName(text: string): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('-').slice(0, LONGEST).replace(/-$/, '');
}

export const labelDefinition = z.looseObject({
  label: z.string(),
  meaning: z.string().catch(''),
});
