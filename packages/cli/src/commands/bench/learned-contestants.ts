import type { Contestant } from '@comfygen/lab';
import { ComfygenError, createCallContext, type EmbedderV1, type Flow } from 'comfygen/plugin';
import type { Entrants } from './entrant.ts';

/** Which of the learned selectors it is. */
interface Variant {
  name: string;
  note?: string;
  useLabels?: boolean;
  embedder?: EmbedderV1;
}

/** The learned selector as a contestant: trained anew on each split. */
async function learnedContestant(
  { name, note, useLabels = false, embedder }: Variant,
  flows: readonly Flow[],
): Promise<Contestant> {
  const { learned, trainLearned } = await import('@comfygen/selectors/learned');
  // A memory each: a text that was trained on is a new one to who chooses.
  const training = embedder && rememberVectors(embedder);
  const choosing = embedder && rememberVectors(embedder);
  return {
    name,
    note,
    usesLabels: useLabels,
    async fit(matrix, { seed, signal }) {
      const model = await trainLearned(matrix, {
        ...{ seed, signal, flows, useLabels },
        embedder: training,
      });
      const modelBytes = new TextEncoder().encode(JSON.stringify(model)).length;
      return { selector: learned({ model, embedder: choosing }), modelBytes };
    },
  };
}

/** Splits meet the same texts again and again; the bench times those only that are asked for the first time. */
function rememberVectors(embedder: EmbedderV1): EmbedderV1 {
  const known = new Map<string, Float32Array>();
  return {
    ...embedder,
    async embed(texts, context) {
      const unknown = [...new Set(texts)].filter((text) => !known.has(text));
      const vectors = await embedder.embed(unknown, context);
      for (const [index, text] of unknown.entries()) known.set(text, vectors[index]!);
      return texts.map((text) => known.get(text)!);
    },
  };
}

/** The learned selector: by the text alone, with the labels of the data, and with sentence embeddings. */
export const learnedEntrants: Entrants = {
  learned: {
    load: ({ flows }) => learnedContestant({ name: 'learned' }, flows),
  },
  'learned-labels': {
    load: ({ flows }) => {
      const note = 'learned, given the labels of the data too';
      return learnedContestant({ name: 'learned-labels', note, useLabels: true }, flows);
    },
  },
  'learned-embedder': {
    load: async ({ flows }) => {
      const { sentenceEmbeddings } = await import('@comfygen/llm/embeddings');
      const note = 'learned, comparing prompts by sentence embeddings too';
      const embedder = sentenceEmbeddings();
      return learnedContestant({ name: 'learned-embedder', note, embedder }, flows);
    },
    leftOut: async () => {
      const { sentenceEmbeddings } = await import('@comfygen/llm/embeddings');
      try {
        await sentenceEmbeddings().embed([], createCallContext());
        return undefined;
      } catch (error) {
        if (!ComfygenError.is(error, 'MISSING_SETTING')) throw error;
        return `the ${error.message}`;
      }
    },
  },
};
