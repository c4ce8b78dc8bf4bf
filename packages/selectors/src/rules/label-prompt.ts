import type { Brief, BriefParts } from 'comfygen/plugin';
import { splitPrompt } from 'comfygen/plugin';
import { GENRES } from './lexicon/genres.ts';
import { IMPLIED } from './lexicon/implied.ts';
import { SUBJECTS } from './lexicon/subjects.ts';
import { BLOCKERS, TRAITS } from './lexicon/traits.ts';
import { createPhraseIndex, findPhrases, wordsOf } from './phrases.ts';

/** One of the method's 20 labels, found in a prompt. */
export interface PromptLabel {
  /** The label in kebab-case, one of {@link LABELS}. */
  label: string;
  /** How strongly the words speak for it, 0.5 to 1. */
  weight: number;
  /** The words and phrases behind it, in the order of the text; for an implied label, the label behind it. */
  words: string[];
}

/** A style, category, number or effort that a prompt asks for. */
export interface PromptTrait {
  /** The trait in the form of flows' tags: `counting`, `two-objects`, `style:ink`, `category:food`. */
  trait: string;
  /** How strongly the words speak for it, 0.5 to 1. */
  weight: number;
  /** The words and phrases behind it. */
  words: string[];
}

/** The labels and traits that the rules find in a prompt. */
export interface PromptLabels {
  /** The labels, strongest first; at most 10. */
  labels: PromptLabel[];
  /** The traits, strongest first. */
  traits: PromptTrait[];
}

interface Evidence {
  /** The chance that none of the words means it, under independence. */
  against: number;
  words: string[];
}

const THRESHOLD = 0.5;
const MAX_LABELS = 10;
// Enough to explain a choice; a pasted novel shall not fill the record.
const MAX_WORDS = 6;

const index = createPhraseIndex([...GENRES, ...SUBJECTS, ...TRAITS], BLOCKERS);

/** The method's 20 labels, in kebab-case, sorted. */
export const LABELS: readonly string[] = [...GENRES, ...SUBJECTS].map((entry) => entry.tag).sort();
const isLabel = new Set(LABELS);

/** The prompt's parts as core read them, or as English where a selector is asked without core. */
export const partsOf = ({ prompt, parts }: Brief): BriefParts => parts ?? splitPrompt(prompt);

/**
 * The labels and traits of an English prompt, by a lexicon of words and phrases: 20 labels of the
 * method (`sci-fi`), traits that flows are made for (`style:ink`, `counting`, `two-objects`).
 * Pure and linear in the text's length. Words that it doesn't know count for nothing, so a prompt may
 * have no label; it reads words, not meaning, and takes a "palm" for no hand.
 */
export function labelPrompt(prompt: string, parts: BriefParts = splitPrompt(prompt)): PromptLabels {
  const found = new Map<string, Evidence>();
  const subjects = findPhrases(index, wordsOf(parts.subjects.join(' , ')));
  const about = new Set(subjects.flatMap(({ tags }) => tags.map(({ tag }) => tag)));
  for (const { phrase, tags } of findPhrases(index, wordsOf(prompt))) {
    for (const { tag, weight } of tags) {
      // A dragon in the distance does not make it a picture of an animal.
      const isAside = tag.startsWith('category:') && !about.has(tag);
      addEvidence(found, tag, isAside ? weight / 2 : weight, phrase);
    }
  }
  addImplied(found);
  addParts(found, prompt, parts);
  return rank(found);
}

function addEvidence(found: Map<string, Evidence>, tag: string, weight: number, words: string) {
  const known = found.get(tag) ?? { against: 1, words: [] };
  // A word that is said again says nothing new.
  if (known.words.includes(words)) return;
  known.against *= 1 - weight;
  if (known.words.length < MAX_WORDS) known.words.push(words);
  found.set(tag, known);
}

function addImplied(found: Map<string, Evidence>): void {
  for (const [label, implied] of Object.entries(IMPLIED)) {
    const weight = 1 - (found.get(label)?.against ?? 1);
    if (weight < THRESHOLD) continue;
    for (const [other, share] of Object.entries(implied)) {
      addEvidence(found, other, weight * share, label);
    }
  }
}

function addParts(found: Map<string, Evidence>, prompt: string, parts: BriefParts): void {
  const { subjects, relation, count } = parts;
  const [first, second] = subjects;
  if (first !== undefined && second !== undefined) {
    addEvidence(found, 'two-objects', 0.9, `${first} ${relationText(relation)} ${second}`);
  } else if (first !== undefined && count > 1) {
    addEvidence(found, 'counting', 0.9, `${count} × ${first}`);
  } else if (first !== undefined) {
    addEvidence(found, 'single-object', 0.6, first);
  }
  const quoted = /["“”«][^"“”«»]{1,120}["“”»]|(?:^|\s)'[^']{1,120}'(?=$|[\s,.;:!?])/u.exec(prompt);
  if (quoted !== null) addEvidence(found, 'text-rendering', 0.9, quoted[0].trim());
}

function relationText(relation: BriefParts['relation']): string {
  if (relation === null) return 'and';
  return relation === 'left' || relation === 'right' ? `${relation} of` : relation;
}

function rank(found: Map<string, Evidence>): PromptLabels {
  const tags = Array.from(found, ([tag, { against, words }]) => ({
    tag,
    weight: Math.round((1 - against) * 1000) / 1000,
    words,
  }))
    .filter(({ weight }) => weight >= THRESHOLD)
    .sort((a, b) => b.weight - a.weight || (a.tag < b.tag ? -1 : 1));
  return {
    labels: tags
      .filter(({ tag }) => isLabel.has(tag))
      .slice(0, MAX_LABELS)
      .map(({ tag, ...rest }) => ({ label: tag, ...rest })),
    traits: tags
      .filter(({ tag }) => !isLabel.has(tag))
      .map(({ tag, ...rest }) => ({ trait: tag, ...rest })),
  };
}
