import type { BriefParts } from 'comfygen/plugin';
import { labelPrompt, type PromptLabels } from '../rules/label-prompt.ts';
import { wordsOf } from '../rules/words.ts';
import { SKILLS } from './skills.ts';

/** Characters of a prompt that count: what comes later changes little, and costs time and a larger model. */
export const MAX_CHARACTERS = 600;

/** The last numbers of a shape are its skills; those before tell of length, marks and structure. */
export const SKILL_COUNT = SKILLS.length;

/** How much of each thing a prompt has, by the hash of its name. */
export type Counts = Map<number, number>;

/** What is read from a prompt. */
export interface PromptFeatures {
  /** Words, and pairs of neighbours. */
  words: Counts;
  /** Runs of three and four characters: parts of words, whatever their endings. */
  characters: Counts;
  /** Labels and traits of the rules, and what the parts say. */
  tags: Counts;
  /** What the prompt takes: colours, counts, lettering, … */
  skills: Counts;
  /** Labels that came with the data; empty unless they are used. */
  given: Counts;
  /** Length, punctuation, structure and skills as plain numbers of about one scale. */
  shape: Float64Array;
  /** Labels and traits, for people. */
  seen: PromptLabels;
}

const SKILLS_OF = new Map<string, number[]>();
for (const [skill, list] of SKILLS.entries()) {
  for (const word of list) SKILLS_OF.set(word, [...(SKILLS_OF.get(word) ?? []), skill]);
}

/** What is read from a prompt's first {@link MAX_CHARACTERS} characters. Pure, linear in their number. */
export function readPrompt(
  prompt: string,
  parts: BriefParts,
  labels: readonly string[] = [],
): PromptFeatures {
  const text = prompt.slice(0, MAX_CHARACTERS);
  const tokens = wordsOf(text);
  const seen = labelPrompt(text, parts);
  const skills = skillsOf(tokens);
  return {
    words: dampened(wordCounts(tokens)),
    characters: dampened(characterCounts(text)),
    tags: tagsOf(seen, parts),
    skills: new Map(
      Array.from(skills, (count, skill): [number, number] => [skill, Math.min(count, 2)]).filter(
        ([, count]) => count > 0,
      ),
    ),
    given: new Map(labels.map((label) => [hashText(label), 1])),
    shape: shapeOf(text, tokens, parts, skills),
    seen,
  };
}

function wordCounts(tokens: readonly string[]): Counts {
  const counts: Counts = new Map();
  let before = 0;
  for (const token of tokens) {
    // A mark: the words on its two sides are no neighbours.
    if (token === '') {
      before = 0;
      continue;
    }
    const hash = hashText(token);
    add(counts, hash);
    if (before !== 0) add(counts, Math.imul(before, 0x9e3779b1) ^ hash);
    before = hash;
  }
  return counts;
}

function characterCounts(text: string): Counts {
  const counts: Counts = new Map();
  const padded = ` ${text.toLowerCase().replace(/\s+/g, ' ').trim()} `;
  for (let at = 0; at + 2 < padded.length; at += 1) {
    let hash = SEED;
    for (let offset = 0; offset < 3; offset += 1) hash = mix(hash, padded.charCodeAt(at + offset));
    add(counts, hash);
    if (at + 3 < padded.length) add(counts, mix(hash, padded.charCodeAt(at + 3)));
  }
  return counts;
}

function tagsOf({ labels, traits }: PromptLabels, { relation, subjects }: BriefParts): Counts {
  const tags: Counts = new Map();
  for (const { label, weight } of labels) tags.set(hashText(label), weight);
  for (const { trait, weight } of traits) tags.set(hashText(trait), weight);
  if (relation !== null) tags.set(hashText(`relation ${relation}`), 1);
  tags.set(hashText(`subjects ${Math.min(subjects.length, 3)}`), 1);
  return tags;
}

function skillsOf(tokens: readonly string[]): number[] {
  const counts = SKILLS.map(() => 0);
  for (const token of tokens) {
    for (const skill of SKILLS_OF.get(token) ?? []) counts[skill]! += 1;
  }
  return counts;
}

function shapeOf(
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

const SEED = 0x811c9dc5 | 0;
const mix = (hash: number, code: number) => Math.imul(hash ^ code, 0x01000193);

/** FNV-1a, 32 bits. Never 0, which stands for no word. */
function hashText(text: string): number {
  let hash = SEED;
  for (let at = 0; at < text.length; at += 1) hash = mix(hash, text.charCodeAt(at));
  return hash || 1;
}

function add(counts: Counts, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A word that is said ten times does not say ten times as much. */
function dampened(counts: Counts): Counts {
  for (const [key, count] of counts) if (count > 1) counts.set(key, 1 + Math.log(count));
  return counts;
}

/** Differs where prompts are read in another way. */
export function fingerprint(prompts: readonly PromptFeatures[]): string {
  let hash = SEED;
  for (const { words, characters, tags, skills } of prompts) {
    for (const counts of [words, characters, tags, skills]) {
      for (const [key, count] of counts) hash = mix(mix(hash, key), Math.round(count * 1_000));
    }
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
