import type { CallContext } from './context.v1.ts';

/** Turns texts into vectors: the nearer two texts are in meaning, the smaller the angle between their vectors. */
export interface EmbedderV1 {
  spec: 'v1';
  role: 'embedder';
  name: string;
  /** A new one whenever the vectors change; stored in models that are trained on them. */
  version: string;
  /** How many numbers each vector has. */
  dimensions: number;
  /** One vector for each text, in order; equal texts get equal vectors. Rethrows `ctx.signal.reason`. */
  embed(texts: readonly string[], ctx: CallContext): Promise<Float32Array[]>;
}
