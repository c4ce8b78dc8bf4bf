import type { BriefParts } from '../spec/index.ts';
import { skipLead, skipOpeners } from './lead.ts';
import { CLAUSE_WORDS, PREPOSITIONS, QUALITY_WORDS } from './lexicon.ts';
import { readNounPhrase } from './noun-phrase.ts';
import { sceneText } from './scene-text.ts';
import { type Found, readSubjects } from './subjects.ts';
import { type Token, tokenize } from './tokens.ts';

// A tag of an anime model: `1girl`, `2boys`.
const COUNTED_TAG = /^([1-9])(girls?|boys?|women|woman|men|man|others?)$/;

/**
 * The things that an English prompt names, how they stand to each other and how many are asked for;
 * the rest is the scene. Deterministic and linear in the text's length; never throws. What it can't
 * read (tag lists, other languages) gives the first phrase as the one subject. Its limits: it knows
 * prepositions and number words, not grammar, so verbs that it doesn't know end up in a subject.
 */
export function splitPrompt(prompt: string): BriefParts {
  const text = prompt.normalize('NFC');
  const tokens = splitCountedTags(tokenize(text));
  const found = findSubjects(tokens);
  if (found === undefined) {
    return { subjects: [], relation: null, count: 1, scene: text.trim().replace(/\s+/g, ' ') };
  }
  const { subjects, relation, start, end } = found;
  return {
    // Only the first one's number has a place of its own; the others keep their plural.
    subjects: subjects.map((subject, index) => (index === 0 ? subject.single : subject.text)),
    relation: subjects.length > 1 ? relation : null,
    count: subjects[0]!.count ?? 1,
    scene: [
      sceneText(text, tokens, skipOpeners(tokens, 0, start), start),
      sceneText(text, tokens, end, tokens.length),
    ]
      .filter((part) => part !== '')
      .join(', '),
  };
}

function splitCountedTags(tokens: Token[]): Token[] {
  return tokens.flatMap((token) => {
    const match = COUNTED_TAG.exec(token.word);
    if (match === null) return [token];
    const middle = token.start + 1;
    return [
      { ...token, text: match[1]!, word: match[1]!, end: middle },
      { ...token, text: token.text.slice(1), word: match[2]!, start: middle },
    ];
  });
}

/** Clause by clause: the first that begins with a thing; else the first words of the text. */
function findSubjects(tokens: readonly Token[]): Found | undefined {
  let fallback: number | undefined;
  let at = 0;
  while (at < tokens.length) {
    const end = clauseEnd(tokens, at);
    const start = skipLead(tokens, at, end);
    const first = tokens[start];
    if (first !== undefined && start < end && !isQuality(tokens, start, end)) {
      if (!PREPOSITIONS.has(first.word) && !CLAUSE_WORDS.has(first.word)) {
        const found = readSubjects(tokens, start);
        if (found !== undefined) return found;
      }
      fallback ??= start;
    }
    at = end + 1;
  }
  return readFallback(tokens, fallback ?? tokens.findIndex((token) => token.word !== ''));
}

function readFallback(tokens: readonly Token[], from: number): Found | undefined {
  for (let at = from; at >= 0 && at < tokens.length; at += 1) {
    const phrase = tokens[at]!.word === '' ? undefined : readNounPhrase(tokens, at);
    if (phrase === undefined) continue;
    return { subjects: [phrase], relation: null, start: at, end: phrase.end };
  }
  return undefined;
}

function clauseEnd(tokens: readonly Token[], from: number): number {
  let at = from;
  while (at < tokens.length && tokens[at]!.word !== '') at += 1;
  return at;
}

const isQuality = (tokens: readonly Token[], from: number, to: number) =>
  tokens.slice(from, to).every(({ word }) => QUALITY_WORDS.has(word) || /^\d+[kp]?$/.test(word));
