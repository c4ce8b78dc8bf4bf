import { ComfygenError } from 'comfygen/plugin';
import type { Tensor } from '../model/types.ts';

/** The tokens of `a`, then those of `b`. */
export function concatTokens(a: Tensor, b: Tensor): Tensor {
  checkWidth(a, b);
  const [batch = 1, tokens = 0, width = 0] = a.shape;
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { shape: [batch, tokens + (b.shape[1] ?? 0), width], data };
}

/** a · share + b · (1 − share), in the length of `a`: `b` is cut, or filled up with zeros. */
export function averageEmbeddings(a: Tensor, b: Tensor, share: number): Tensor {
  checkWidth(a, b);
  const data = a.data.map((value, i) => value * share + (b.data[i] ?? 0) * (1 - share));
  return { shape: a.shape, data };
}

/** Zeros of the same shape. */
export function zerosLike({ shape, data }: Tensor): Tensor {
  return { shape, data: new Float32Array(data.length) };
}

function checkWidth(a: Tensor, b: Tensor): void {
  if (a.shape.at(-1) === b.shape.at(-1)) return;
  throw new ComfygenError(
    'INVALID_WORKFLOW',
    `The conditions come from text encoders of different width: ${a.shape.at(-1)} and ${b.shape.at(-1)}.`,
  );
}
