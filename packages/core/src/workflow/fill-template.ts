import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief } from '../spec/index.ts';

/** The texts of a brief that a template may name. */
type Token = 'prompt' | 'negative' | 'first' | 'second' | 'object' | 'scene';

/**
 * A slot's text: the template with its tokens replaced by the brief's parts. `{object}` and `{first}` are
 * the first subject, the whole prompt where none was found. Braces that are no token stay as they are.
 *
 * @throws INVALID_BRIEF where the template names a second subject and the prompt has none.
 */
export function fillTemplate(template: string, brief: Brief): string {
  const { subjects, scene } = brief.parts;
  const values: Record<Token, string | undefined> = {
    prompt: brief.prompt,
    negative: brief.negative ?? '',
    first: subjects[0] ?? brief.prompt,
    object: subjects[0] ?? brief.prompt,
    second: subjects[1],
    scene,
  };
  const text = template.replaceAll(
    /\{(prompt|negative|first|second|object|scene)\}/g,
    (_match, token: Token) => {
      const value = values[token];
      if (value !== undefined) return value;
      throw new ComfygenError(
        'INVALID_BRIEF',
        `The flow draws two subjects; the prompt "${brief.prompt.slice(0, 80)}" has one.`,
        {
          details: { token, template },
        },
      );
    },
  );
  // A token that stands for nothing leaves its comma and blanks behind.
  return template === '{prompt}'
    ? text
    : text
        .replaceAll(/(,\s*)+(?=,|$)/g, '')
        .replaceAll(/ {2,}/g, ' ')
        .trim();
}
