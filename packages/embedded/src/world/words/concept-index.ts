import type { Concept } from './concepts.ts';
import { SYNONYMS } from './lexicon.ts';
import { wordForms } from './word-forms.ts';

/** What a word or phrase may stand for. */
export interface Meaning {
  /** Shares by concept index; they add up to 1. */
  readonly shares: ReadonlyMap<number, number>;
  /** Whether it names the thing itself, rather than something that goes with it. */
  readonly isName: boolean;
}

/** Meanings by phrase in lower case, one to five words. */
export type ConceptIndex = ReadonlyMap<string, Meaning>;

type Scores = Map<string, Map<number, number>>;

const NAME = 1;
const VARIANT = 0.12;
const KEYWORD = 0.5;

/** Reads names, parts of names, synonyms and keywords; a better kind of match hides the worse ones. */
export function indexConcepts(concepts: readonly Concept[]): ConceptIndex {
  const byName = new Map(concepts.map((concept) => [concept.name, concept]));
  const names: Scores = new Map();
  const keywords: Scores = new Map();
  for (const concept of concepts) {
    put(names, phraseOf(concept.name), concept.index, NAME);
    const plain = concept.name.replace(/-face$/, '');
    if (plain !== concept.name && concept.category === 'Animals & Nature') {
      put(names, phraseOf(plain), concept.index, NAME * 0.8);
    }
    for (const keyword of concept.keywords) put(keywords, keyword, concept.index, KEYWORD);
  }
  for (const [word, meant] of Object.entries(SYNONYMS)) {
    for (const name of meant) {
      const concept = byName.get(name);
      if (concept) put(names, word, concept.index, NAME);
    }
  }
  addLastWords(concepts, names, byName);
  const index = new Map<string, Meaning>();
  for (const [phrase, scores] of keywords) index.set(phrase, toMeaning(scores, false));
  for (const [phrase, scores] of names) index.set(phrase, toMeaning(scores, true));
  return index;
}

// "guide dog" is a dog, too; "hot dog" is not, since dogs are not food.
function addLastWords(
  concepts: readonly Concept[],
  names: Scores,
  byName: ReadonlyMap<string, Concept>,
): void {
  const exact = new Map([...names].map(([phrase, scores]) => [phrase, new Map(scores)]));
  for (const { name, index, category } of concepts) {
    const last = name.split('-').at(-1) ?? name;
    if (last === name || last.length < 3 || last === 'face') continue;
    // "night with stars" is no star: a plural belongs to the thing itself.
    if ([...wordForms(last)].slice(1).some((form) => byName.has(form))) continue;
    const owner = byName.get(last);
    if (owner && owner.category !== category) continue;
    if (!owner && Object.hasOwn(SYNONYMS, last) && !exact.get(last)?.has(index)) {
      put(names, last, index, VARIANT);
      continue;
    }
    put(names, last, index, owner ? VARIANT : NAME);
  }
}

function put(scores: Scores, phrase: string, index: number, score: number): void {
  let found = scores.get(phrase);
  if (found === undefined) {
    found = new Map();
    scores.set(phrase, found);
  }
  found.set(index, Math.max(score, found.get(index) ?? 0));
}

function toMeaning(scores: ReadonlyMap<number, number>, isName: boolean): Meaning {
  const total = [...scores.values()].reduce((sum, score) => sum + score, 0);
  const shares = new Map([...scores].map(([index, score]) => [index, score / total]));
  return { shares, isName };
}

const phraseOf = (name: string) => name.replaceAll('-', ' ');
