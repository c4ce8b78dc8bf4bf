import type { Work } from 'comfygen/plugin';
import { type Colour, colourOf } from './colours.ts';
import type { ConceptIndex, Meaning } from './concept-index.ts';
import { FUNCTION_WORDS, PLACE_WORDS, STYLE_WORDS } from './lexicon.ts';
import { plainScene, sceneOf } from './scenes.ts';
import { readWeightedWords, type WeightedWord } from './weighted-words.ts';
import { wordForms } from './word-forms.ts';

/** What one word or phrase of a prompt asks for. */
export type Reading =
  | { readonly kind: 'thing'; readonly meaning: Meaning; readonly weight: number }
  | { readonly kind: 'colour'; readonly colour: Colour; readonly weight: number }
  | { readonly kind: 'scene'; readonly scene: number; readonly weight: number };

/** A prompt as the emoji world understands it. */
export interface PromptReading {
  readonly readings: readonly Reading[];
  /** Words that it does not know, each once, in the order of the text. */
  readonly unknownWords: readonly string[];
}

const MAX_PHRASE = 5;

/** Reads a prompt from left to right, the longest known phrase first. */
export function* readPrompt(
  text: string,
  index: ConceptIndex,
  triggers: ReadonlySet<string>,
): Work<PromptReading> {
  const words = readWeightedWords(text);
  const readings: Reading[] = [];
  const unknown = new Set<string>();
  let afterPlaceWord = false;
  let at = 0;
  while (at < words.length) {
    const { word, weight } = words[at] as WeightedWord;
    const scene = sceneOf(word);
    const colour = colourOf(word);
    const phrase = longestPhrase(words, at, index);
    if (PLACE_WORDS.has(word)) {
      afterPlaceWord = true;
    } else if (scene !== undefined && (afterPlaceWord || !phrase?.meaning.isName)) {
      readings.push({ kind: 'scene', scene, weight });
      afterPlaceWord = false;
    } else if (colour && isBackground(words, at + 1)) {
      readings.push({ kind: 'scene', scene: plainScene(colour), weight });
      afterPlaceWord = false;
    } else if (colour && (phrase === undefined || phrase.length === 1) && !isLast(words, at)) {
      readings.push({ kind: 'colour', colour, weight });
    } else if (phrase && !STYLE_WORDS.has(word) && !FUNCTION_WORDS.has(word)) {
      readings.push({ kind: 'thing', meaning: phrase.meaning, weight });
      afterPlaceWord = false;
      at += phrase.length - 1;
    } else if (colour) {
      readings.push({ kind: 'colour', colour, weight });
    } else if (!isSilent(word) && !triggers.has(word)) {
      unknown.add(word);
    }
    at += 1;
    if (at % 64 === 0) yield;
  }
  return { readings, unknownWords: [...unknown] };
}

interface Phrase {
  meaning: Meaning;
  length: number;
}

function longestPhrase(
  words: readonly WeightedWord[],
  at: number,
  index: ConceptIndex,
): Phrase | undefined {
  for (let length = Math.min(MAX_PHRASE, words.length - at); length > 0; length--) {
    const before = words.slice(at, at + length - 1).map(({ word }) => `${word} `);
    const meanings = [...wordForms((words[at + length - 1] as WeightedWord).word)]
      .map((last) => index.get(before.join('') + last))
      .filter((meaning) => meaning !== undefined);
    const meaning = meanings.find(({ isName }) => isName) ?? meanings[0];
    // Keywords of several words are loose: "red car" is one of a fire engine.
    if (meaning && (length === 1 || meaning.isName)) return { meaning, length };
  }
  return undefined;
}

// "orange" ends a name, or stands before one: "an orange", "an orange cat".
function isLast(words: readonly WeightedWord[], at: number): boolean {
  const next = words[at + 1]?.word;
  return next === undefined || FUNCTION_WORDS.has(next) || PLACE_WORDS.has(next);
}

const isBackground = (words: readonly WeightedWord[], at: number) =>
  words[at]?.word === 'background' || words[at]?.word === 'backdrop';

const isSilent = (word: string) =>
  FUNCTION_WORDS.has(word) ||
  word === 'background' ||
  word === 'backdrop' ||
  word === 'color' ||
  word === 'colour';
