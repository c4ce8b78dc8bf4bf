import { z } from 'zod';

/** A label, and which prompts get it. */
export interface LabelDefinition {
  /** The label's name, in kebab-case. */
  label: string;
  /** Which prompts get it, in a sentence; may be empty. */
  meaning: string;
}

const LONGEST = 40;

/** A name as a kebab-case label: `Sci-Fi & Space` gives `sci-fi-space`; empty where nothing is left. */
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
