import type { CallContext } from 'comfygen/plugin';

/** Embeds texts in batches, in order. Models take no empty text: it gets a vector of zeros, which is near nothing. */
export async function embedBatches(
  texts: readonly string[],
  { dimensions, batchSize }: { dimensions: number; batchSize: number },
  ctx: CallContext,
  embed: (batch: string[]) => Promise<ArrayLike<number>[]>,
): Promise<Float32Array[]> {
  const vectors = texts.map(() => new Float32Array(dimensions));
  const places = [...texts.keys()].filter((place) => texts[place]!.trim() !== '');
  for (let at = 0; at < places.length; at += batchSize) {
    ctx.signal.throwIfAborted();
    const batch = places.slice(at, at + batchSize);
    const embedded = await embed(batch.map((place) => texts[place]!));
    for (const [index, place] of batch.entries()) vectors[place]!.set(embedded[index]!);
  }
  ctx.signal.throwIfAborted();
  return vectors;
}
