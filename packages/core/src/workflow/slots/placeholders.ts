import type { Side } from './input-names.ts';

const NAMES: Record<Side, string> = {
  positive: '(?:(?:positive|user|main|input)[_ -]?)?prompt',
  negative: 'neg(?:ative)?(?:[_ -]?prompt)?',
};

/** `%prompt%`, `{{positive_prompt}}`, `${prompt}`, `__PROMPT__`, `<prompt>` anywhere in a text. */
const tokens = (side: Side, flags: string): RegExp => {
  const name = NAMES[side];
  return new RegExp(
    `%${name}%|\\$?\\{{1,2} ?${name} ?\\}{1,2}|\\[{1,2}${name}\\]{1,2}|<{1,2}${name}>{1,2}|__${name}__|@${name}@`,
    flags,
  );
};

/** The template of a text that says where the prompt goes: `oil, %prompt%` gives `oil, {prompt}`. */
export function templateOf(text: string, side: Side): string | undefined {
  if (!tokens(side, 'i').test(text)) return undefined;
  return text.replaceAll(tokens(side, 'gi'), side === 'positive' ? '{prompt}' : '{negative}');
}

/** Whether a text says nothing but that a prompt goes there, be it with a token or as `PROMPT_HERE`. */
export function isPlaceholder(text: string, side: Side): boolean {
  const whole = new RegExp(`^\\W*${NAMES[side]}([_ -](here|text|placeholder))?\\W*$`, 'i');
  return whole.test(text) || tokens(side, 'i').test(text);
}
