import { type CallContext, ComfygenError, type EmbedderV1 } from 'comfygen/plugin';
import type { LearnedModel } from './model.ts';

/**
 * One vector for each text, checked. @throws PROTOCOL where the embedder gives other vectors than it promises; what
 * it throws itself
 */
export async function embedTexts(
  embedder: EmbedderV1,
  texts: readonly string[],
  ctx: CallContext,
): Promise<Float32Array[]> {
  const vectors = await embedder.embed(texts, ctx);
  const { name, dimensions } = embedder;
  const isGood =
    vectors.length === texts.length &&
    vectors.every((vector) => vector.length === dimensions && vector.every(Number.isFinite));
  if (isGood) return vectors;
  throw new ComfygenError(
    'PROTOCOL',
    `The embedder ${name} did not give one vector of ${dimensions} finite numbers for each of ${texts.length} texts.`,
    { part: { role: 'embedder', name } },
  );
}

/** The name, version and dimensions by which a model remembers its embedder. */
export const identify = ({ name, version, dimensions }: EmbedderV1) => ({
  name,
  version,
  dimensions,
});

/** @throws INVALID_MODEL unless the embedder is the one that the model was trained with, or both are left out */
export function checkEmbedder(
  trained: LearnedModel['embedder'],
  given: EmbedderV1 | undefined,
): void {
  const [wanted, got] = [trained, given].map((one) =>
    one ? `${one.name} ${one.version} with ${one.dimensions} dimensions` : undefined,
  );
  if (wanted === got) return;
  throw new ComfygenError(
    'INVALID_MODEL',
    `The model was trained ${wanted ? `with the embedder ${wanted}` : 'without an embedder'}, and ` +
      `${got ? `${got} is given` : 'none is given'}. Give the same one, or train the model again.`,
    { part: { role: 'selector', name: 'learned' } },
  );
}
