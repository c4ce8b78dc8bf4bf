import {
  type Brief,
  type CallContext,
  type EmbedderV1,
  splitPrompt,
  type Warning,
} from 'comfygen/plugin';
import { embedTexts } from './embed-texts.ts';
import { fingerprint, MAX_CHARACTERS, readPrompt } from './features.ts';
import type { LearnedModel } from './model.ts';
import { unitVector, unpackVectors } from './packed.ts';
import { comparePrompts, createSimilarity } from './similarity.ts';

/** A prompt with its similarity to the training prompts. */
export interface ReadPrompt {
  likeness: Float64Array;
  /** Whether any of its words was seen in training. */
  isKnown: boolean;
  /** Labels and traits that the rules see. */
  labels: string[];
  warnings: Warning[];
}

/** Reads prompts in the way in which the model was trained. */
export interface Reader {
  read(brief: Brief, ctx: CallContext): Promise<ReadPrompt>;
}

export function createReader(model: LearnedModel, embedder: EmbedderV1 | undefined): Reader {
  const { prompts, embedder: trained, vectors, usesLabels, reading } = model;
  const known = comparePrompts(
    prompts,
    vectors === null ? undefined : unpackVectors(vectors, trained!.dimensions),
  );
  const similarity = createSimilarity(known);
  const always = fingerprint(known.map(({ features }) => features)) === reading ? [] : [READ_ANEW];
  return {
    async read({ prompt, parts, options }, ctx) {
      const text = prompt.slice(0, MAX_CHARACTERS);
      const given = usesLabels ? givenLabels(options['learned']) : [];
      const features = readPrompt(text, parts ?? splitPrompt(text), given);
      const vector = embedder && unitVector((await embedTexts(embedder, [text], ctx))[0]!);
      const { labels, traits } = features.seen;
      return {
        likeness: similarity.row({ features, vector }),
        isKnown: vector !== undefined || similarity.knows(features),
        labels: [...labels.map(({ label }) => label), ...traits.map(({ trait }) => trait)],
        warnings: text.length < prompt.length ? [...always, CUT] : always,
      };
    },
  };
}

function givenLabels(options: Brief['options'][string] | undefined): string[] {
  const labels = options?.['labels'];
  return Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : [];
}

const READ_ANEW: Warning = {
  code: 'model-outdated',
  message:
    'The model was trained by another version of comfygen, which reads prompts a little differently: train it again.',
};
const CUT: Warning = {
  code: 'prompt-cut',
  message: `Only the first ${MAX_CHARACTERS} characters of the prompt were compared with scored prompts.`,
};
