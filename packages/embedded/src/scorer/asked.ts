import { type Brief, type BriefParts, runAtOnce, splitPrompt } from 'comfygen/plugin';
import { type Colour, colourOf } from '../world/words/colours.ts';
import type { ConceptIndex, Meaning } from '../world/words/concept-index.ts';
import type { Concept } from '../world/words/concepts.ts';
import { FUNCTION_WORDS } from '../world/words/lexicon.ts';
import { readPrompt } from '../world/words/read-prompt.ts';
import { readWeightedWords } from '../world/words/weighted-words.ts';

/** One thing that a prompt asks for. */
export interface Subject {
  readonly text: string;
  /** Indexes of the concepts that its words may mean; empty where they name nothing of the emoji world. */
  readonly concepts: readonly number[];
  /** The colours that the prompt gives it, in the order of the text. */
  readonly colours: readonly Colour[];
}

/** The concepts of the emoji world, and the words for them. */
export interface Vocabulary {
  readonly concepts: readonly Concept[];
  readonly index: ConceptIndex;
}

/** What a picture should show. */
export interface Asked {
  readonly subjects: readonly Subject[];
  /** Where the first subject is, seen from the second. */
  readonly relation: BriefParts['relation'];
  /** How many of the first subject there should be. */
  readonly count: number;
  /** Whether the prompt asks for drawings without colours. */
  readonly isColourless: boolean;
}

// A meaning with less than this share of the likeliest one's is not what people call the thing.
const LEAST_SHARE = 0.12;
const COLOURLESS =
  /\b(sketch|pencil|ink|line[ -]?art|line drawing|monochrome|black[ -]and[ -]white)\b/i;

/** Reads from a brief what a picture should show. */
export function readAsked(brief: Brief, vocabulary: Vocabulary): Asked {
  const { prompt, parts = splitPrompt(prompt) } = brief;
  const texts = parts.subjects.length > 0 ? parts.subjects : [prompt];
  const subjects = texts.map((text) => readSubject(text, vocabulary));
  return {
    subjects: subjects.length === 1 ? [withLongerName(subjects[0]!, prompt, vocabulary)] : subjects,
    relation: texts.length > 1 ? parts.relation : null,
    count: Math.max(1, parts.count),
    isColourless: COLOURLESS.test(prompt),
  };
}

function readSubject(text: string, vocabulary: Vocabulary): Subject {
  const colours = readColours(text);
  const bare = colours.length > 0 ? withoutColours(text) : text;
  // A black cat is the drawing of that name, or any cat in black.
  const concepts = [
    ...new Set([...readConcepts(text, vocabulary), ...readConcepts(bare, vocabulary)]),
  ];
  return { text, concepts, colours };
}

function readConcepts(text: string, { index }: Vocabulary): number[] {
  const meanings = readThings(text, index);
  // English names the thing last: "neon sign of whale", "chocolate cake".
  const meaning = meanings.findLast(({ isName }) => isName) ?? meanings.at(-1);
  return meaning ? likely(meaning) : [];
}

const readThings = (text: string, index: ConceptIndex): Meaning[] =>
  runAtOnce(readPrompt(text, index, new Set())).readings.flatMap((one) =>
    one.kind === 'thing' ? one.meaning : [],
  );

// A subject ends where a place begins, but "cloud with rain" is one drawing's name.
function withLongerName(
  subject: Subject,
  prompt: string,
  { index, concepts }: Vocabulary,
): Subject {
  const start = `${subject.text.toLowerCase().replaceAll(' ', '-')}-`;
  const longer = readThings(prompt, index)
    .filter(({ isName }) => isName)
    .flatMap(likely)
    .filter((concept) => concepts[concept]?.name.startsWith(start));
  return { ...subject, concepts: [...new Set([...subject.concepts, ...longer])] };
}

function likely({ shares }: Meaning): number[] {
  const top = Math.max(...shares.values());
  return [...shares].filter(([, share]) => share >= LEAST_SHARE * top).map(([concept]) => concept);
}

/** A colour is said of what follows it: an orange is a fruit, an orange cat is orange. */
function readColours(text: string): Colour[] {
  const words = wordsOf(text);
  return [...new Set(words.flatMap((_, at) => colourAt(words, at) ?? []))];
}

function withoutColours(text: string): string {
  const words = wordsOf(text);
  return words.filter((_, at) => colourAt(words, at) === undefined).join(' ');
}

function colourAt(words: readonly string[], at: number): Colour | undefined {
  const [word = '', next] = words.slice(at);
  const joins = next === 'and' && at + 2 < words.length;
  if (next === undefined || (FUNCTION_WORDS.has(next) && !joins)) return undefined;
  return colourOf(word);
}

const wordsOf = (text: string) => readWeightedWords(text).map(({ word }) => word);
