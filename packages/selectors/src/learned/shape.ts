import type { BriefParts } from 'comfygen/plugin';
import { SKILLS } from './skills.ts';

/** The last numbers of a shape are its skills; those before tell of length, marks and structure. */
export const SKILL_COUNT = SKILLS.length;

const SKILLS_OF = new Map<string, number[]>();
for (const [skill, list] of SKILLS.entries()) {
  for (const word of list) SKILLS_OF.set(word, [...(SKILLS_OF.get(word) ?? []), skill]);
}

/** How often each skill is spoken of. */
export function skillsOf(tokens: readonly string[]): number[] {
  const counts = SKILLS.map(() => 0);
  for (const token of tokens) {
    for (const skill of SKILLS_OF.get(token) ?? []) counts[skill]! += 1;
  }
  return counts;
}

/** Length, marks, structure and skills as plain numbers of about one scale. */
export function shapeOf(
  text: string,
  tokens: readonly string[],
  { subjects, relation, count, scene }: BriefParts,
  skills: readonly number[],
): Float64Array {
  const words = tokens.filter((token) => token !== '');
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const ending = (suffix: string) => words.filter((word) => word.endsWith(suffix)).length;
  const found = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return Float64Array.from([
    Math.log1p(words.length),
    Math.log1p(text.length),
    words.length === 0 ? 0 : letters / words.length,
    Math.log1p(found(/,/g)),
    Math.log1p(found(/[.!?](?=\s|$)/g)),
    Math.log1p(found(/["“”]/g)),
    Math.log1p(found(/\d+/g)),
    // Names inside sentences.
    Math.log1p(found(/(?<=[\p{Ll},] )\p{Lu}\p{Ll}+/gu)),
    Number(/^\p{Lu}/u.test(text)),
    Number(/\.\s*$/.test(text)),
    Number(/^an? (?:photo|picture|image)\b/i.test(text)),
    Math.log1p(ending('ing')),
    Math.log1p(ending('ed')),
    Math.min(subjects.length, 4),
    Number(relation !== null),
    Math.log(count),
    Math.log1p(scene.split(' ').length),
    ...skills.map((times) => Math.log1p(times)),
  ]);
}
