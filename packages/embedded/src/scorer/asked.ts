import type { Brief, BriefParts } from 'comfygen/plugin';
import { type Colour, colourOf } from '../world/words/colours.ts';
import type { ConceptIndex, Meaning } from '../world/words/concept-index.ts';
import { FUNCTION_WORDS } from '../world/words/lexicon.ts';
import { readPrompt } from '../world/words/read-prompt.ts';
import { readWeightedWords } from '../world/words/weighted-words.ts';

/** One thing that a prompt asks for. */
export interface Subject {
  readonly text: string;
  /** The concepts that its words may mean; none where they name nothing of the emoji world. */
  readonly concepts: readonly number[];
  /** Colours that it is said to have, in the order of the text. */
  readonly colours: readonly Colour[];
}

/** What a picture is held against. */
export interface Asked {
  readonly subjects: readonly Subject[];
  /** How the first subject stands to the second. */
  readonly relation: BriefParts['relation'];
  /** How many of the first subject. */
  readonly count: number;
  /** Whether drawings without colours are what the prompt wants. */
  readonly isColourless: boolean;
}

// A meaning with less than this share of the likeliest one's is not what people call the thing.
const LEAST_SHARE = 0.12;
const COLOURLESS =
  /\b(sketch|pencil|ink|line[ -]?art|line drawing|monochrome|black[ -]and[ -]white)\b/i;

/** Reads what a brief asks for. */
export function readAsked({ prompt, parts }: Brief, index: ConceptIndex): Asked {
  const texts = parts.subjects.length > 0 ? parts.subjects : [prompt];
  return {
    subjects: texts.map((text) => readSubject(text, index)),
    relation: texts.length > 1 ? parts.relation : null,
    count: Math.max(1, parts.count),
    isColourless: COLOURLESS.test(prompt),
  };
}

function readSubject(text: string, index: ConceptIndex): Subject {
  const { readings } = readPrompt(text, index, new Set());
  const meanings = readings.flatMap((one) => (one.kind === 'thing' ? one.meaning : []));
  // English names the thing last: "neon sign of whale", "chocolate cake".
  const meaning = meanings.findLast(({ isName }) => isName) ?? meanings.at(-1);
  return { text, concepts: meaning ? likely(meaning) : [], colours: readColours(text) };
}

function likely({ shares }: Meaning): number[] {
  const top = Math.max(...shares.values());
  return [...shares].filter(([, share]) => share >= LEAST_SHARE * top).map(([concept]) => concept);
}

/** A colour is said of what follows it: an orange is a fruit, an orange cat is orange. */
function readColours(text: string): Colour[] {
  const words = readWeightedWords(text).map(({ word }) => word);
  const colours = words.flatMap((word, at) => {
    const next = words[at + 1];
    const joins = next === 'and' && at + 2 < words.length;
    if (next === undefined || (FUNCTION_WORDS.has(next) && !joins)) return [];
    return colourOf(word) ?? [];
  });
  return [...new Set(colours)];
}
