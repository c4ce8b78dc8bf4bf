import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief } from '../spec/index.ts';

/** The texts of a brief that a template may name. */
type Token = 'prompt' | 'negative' | 'first' | 'second' | 'object' | 'scene';

const PARTS = /\{(first|second|object|scene)\}/;
const TOKENS = /\{(prompt|negative|first|second|object|scene)\}/g;

/** Whether a template names a part of the prompt, which somebody has to read out of it. */
export const namesPart = (template: string): boolean => PARTS.test(template);

/**
 * A slot's text: the template with its tokens replaced by the brief's parts. `{object}` and `{first}` are
 * the first subject, the whole prompt where none was found. Braces that are no token stay as they are.
 *
 * @throws INVALID_BRIEF where the template names a second subject and the prompt has none, and where it names any
 * part and the brief has no `parts`.
 */
export function fillTemplate(template: string, brief: Brief): string {
  if (brief.parts === undefined && namesPart(template)) {
    const message = `The flow's text "${template}" names parts of the prompt, and the brief has none.`;
    throw new ComfygenError('INVALID_BRIEF', message, { details: { template } });
  }
  const { subjects = [], scene = '' } = brief.parts ?? {};
  const values: Record<Token, string | undefined> = {
    prompt: brief.prompt,
    negative: brief.negative ?? '',
    first: subjects[0] ?? brief.prompt,
    object: subjects[0] ?? brief.prompt,
    second: subjects[1],
    scene,
  };
  let hasGap = false;
  const text = template.replaceAll(TOKENS, (_match, token: Token) => {
    const value = values[token];
    if (value === undefined) {
      const message = `The flow draws two subjects; the prompt "${brief.prompt.slice(0, 80)}" has one.`;
      throw new ComfygenError('INVALID_BRIEF', message, { details: { token, template } });
    }
    hasGap ||= value === '';
    return value;
  });
  return hasGap ? closeGaps(text) : text;
}

/** A token that stands for nothing leaves its comma and blanks behind. */
function closeGaps(text: string): string {
  return text
    .replaceAll(/(,\s*)+(?=,|$)/g, '')
    .replace(/^[,\s]+/, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
