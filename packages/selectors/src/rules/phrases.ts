import { type LexiconEntry, STRENGTHS } from './lexicon/entries.ts';

/** One tag that a phrase speaks for. */
interface TagWeight {
  tag: string;
  weight: number;
}

/** An index of phrases by their words: the time to find one does not grow with their number. */
export interface PhraseIndex {
  next: Map<string, PhraseIndex>;
  /** What the phrase that ends here speaks for; an empty list hides the words inside it. */
  tags: TagWeight[] | undefined;
}

/** A phrase found in a text. */
export interface PhraseMatch {
  phrase: string;
  tags: readonly TagWeight[];
}

const NEGATIONS = new Set(['no', 'without', 'not', 'non', 'minus', 'never']);
const FILLERS = new Set(['a', 'an', 'any', 'the']);

const createNode = (): PhraseIndex => ({ next: new Map(), tags: undefined });

/** An index of all phrases of a lexicon, each with its plural, and of the phrases that hide words. */
export function createPhraseIndex(
  entries: readonly LexiconEntry[],
  blockers: string = '',
): PhraseIndex {
  const root = createNode();
  for (const entry of entries) {
    for (const [strength, weight] of Object.entries(STRENGTHS)) {
      for (const phrase of listOf(entry[strength as keyof typeof STRENGTHS] ?? '')) {
        addPhrase(root, phrase, entry.tag, weight);
        for (const plural of pluralsOf(phrase)) addPhrase(root, plural, entry.tag, weight);
      }
    }
  }
  for (const phrase of listOf(blockers)) nodeOf(root, phrase).tags ??= [];
  return root;
}

const listOf = (text: string) => {
  const phrases = text.split(',').map((phrase) => phrase.trim());
  return phrases.filter((phrase) => phrase !== '');
};

function pluralsOf(phrase: string): string[] {
  if (/[^aeiou]y$/.test(phrase)) return [`${phrase.slice(0, -1)}ies`];
  if (/(s|x|ch|sh)$/.test(phrase)) return [`${phrase}es`];
  if (/fe?$/.test(phrase)) return [`${phrase}s`, phrase.replace(/fe?$/, 'ves')];
  if (phrase.endsWith('man')) return [`${phrase.slice(0, -3)}men`];
  return [`${phrase}s`];
}

function nodeOf(root: PhraseIndex, phrase: string): PhraseIndex {
  let node = root;
  for (const word of wordsOf(phrase)) {
    const next = node.next.get(word) ?? createNode();
    node.next.set(word, next);
    node = next;
  }
  return node;
}

function addPhrase(root: PhraseIndex, phrase: string, tag: string, weight: number): void {
  const node = nodeOf(root, phrase);
  node.tags ??= [];
  const known = node.tags.find((item) => item.tag === tag);
  if (known === undefined) node.tags.push({ tag, weight });
  else known.weight = Math.max(known.weight, weight);
}

/** The longest phrases in a text, left to right; one that is negated (`no people`) is left out. */
export function findPhrases(index: PhraseIndex, words: readonly string[]): PhraseMatch[] {
  const matches: PhraseMatch[] = [];
  let at = 0;
  while (at < words.length) {
    const found = longestAt(index, words, at);
    if (found === undefined) {
      at += 1;
      continue;
    }
    if (!isNegated(words, at)) {
      matches.push({ phrase: words.slice(at, found.end).join(' '), tags: found.tags });
    }
    at = found.end;
  }
  return matches;
}

function longestAt(index: PhraseIndex, words: readonly string[], start: number) {
  let found: { tags: readonly TagWeight[]; end: number } | undefined;
  let node: PhraseIndex | undefined = index;
  for (let at = start; at < words.length; at += 1) {
    node = node.next.get(words[at]!);
    if (node === undefined) break;
    if (node.tags !== undefined) found = { tags: node.tags, end: at + 1 };
  }
  return found;
}

function isNegated(words: readonly string[], at: number): boolean {
  const before = words[at - 1] ?? '';
  return NEGATIONS.has(before) || (FILLERS.has(before) && NEGATIONS.has(words[at - 2] ?? ''));
}

// A mark that ends a clause is kept as '' so that no phrase reaches across it.
const TOKEN = /[\p{L}\p{N}]+(?:['’]\p{L}+)*|[,.;:!?()[\]{}|"“”\n]/gu;

/** The words of a text in lower case: hyphens part words, a possessive 's is dropped. */
export function wordsOf(text: string): string[] {
  return Array.from(text.normalize('NFC').matchAll(TOKEN), ([token]) => {
    if (!/^[\p{L}\p{N}]/u.test(token)) return '';
    const word = token.toLowerCase().replace('’', "'");
    return word.endsWith("'s") ? word.slice(0, -2) : word;
  });
}
