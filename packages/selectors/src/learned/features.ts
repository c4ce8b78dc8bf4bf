import type { BriefParts } from 'comfygen/plugin';
import { labelPrompt, type PromptLabels } from '../rules/label-prompt.ts';
import { wordsOf } from '../rules/phrases.ts';
import { hashText, mixHash, START } from './hash.ts';
import { shapeOf, skillsOf } from './shape.ts';

/** Characters of a prompt that count: what comes later changes little, and costs time and a larger model. */
export const MAX_CHARACTERS = 600;

/** Long enough to tell words apart, short enough to find their parts. */
const RUN = 4;

/** How often a prompt has each feature, by the hash of the feature's name. */
export type Counts = Map<number, number>;

/** The features of one prompt. */
export interface PromptFeatures {
  /** Words, and pairs of neighbours. */
  words: Counts;
  /** Runs of four characters: parts of words, whatever their endings. */
  characters: Counts;
  /** Labels and traits of the rules, and what the parts say. */
  tags: Counts;
  /** Skills that the prompt asks for: colours, counts, lettering, … */
  skills: Counts;
  /** Labels that came with the data; empty unless they are used. */
  given: Counts;
  /** Length, punctuation, structure and skills as plain numbers of about one scale. */
  shape: Float64Array;
  /** Labels and traits, for people. */
  seen: PromptLabels;
}

/** The features of a prompt's first {@link MAX_CHARACTERS} characters. Pure; the time is linear in their number. */
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
  for (let at = 0; at + RUN <= padded.length; at += 1) {
    let hash = START;
    for (let offset = 0; offset < RUN; offset += 1) {
      hash = mixHash(hash, padded.charCodeAt(at + offset));
    }
    add(counts, hash);
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

function add(counts: Counts, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A word that is said ten times does not say ten times as much. */
function dampened(counts: Counts): Counts {
  for (const [key, count] of counts) if (count > 1) counts.set(key, 1 + Math.log(count));
  return counts;
}

/** A hash of these features. It changes where another version reads prompts in another way. */
export function fingerprint(prompts: readonly PromptFeatures[]): string {
  let hash = START;
  for (const { words, characters, tags, skills } of prompts) {
    for (const counts of [words, characters, tags, skills]) {
      for (const [key, count] of counts)
        hash = mixHash(mixHash(hash, key), Math.round(count * 1_000));
    }
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
