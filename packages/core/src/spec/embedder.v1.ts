import type { CallContext } from './context.v1.ts';

/** Turns texts into vectors: near in meaning, near in angle. */
export interface EmbedderV1 {
  spec: 'v1';
  role: 'embedder';
  name: string;
  /** Changes whenever the vectors do; kept in what is trained on them. */
  version: string;
  /** Length of each vector. */
  dimensions: number;
  /** One vector a text, in order; same text, same vector. Rethrows `ctx.signal.reason`. */
  embed(texts: readonly string[], ctx: CallContext): Promise<Float32Array[]>;
}
