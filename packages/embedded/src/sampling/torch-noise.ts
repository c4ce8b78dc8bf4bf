import type { Work } from 'comfygen/plugin';
import { createMt19937 } from './mt19937.ts';

const BLOCK = 16;
// So many numbers are drawn between two chances to pause.
const SLICE = 2 ** 14;
const UNIT_24 = 2 ** -24;
const UNIT_53 = 2 ** -53;
const { fround } = Math;

/** A generator of standard normal numbers whose state goes on from one call to the next. */
export interface NoiseGenerator {
  /** As many numbers as asked for, as one call of torch's `randn` on the CPU gives them. */
  normal(count: number): Work<Float32Array>;
}

/**
 * A generator that gives torch's CPU numbers for `seed` (0 to 2^64 − 1). As in torch only the low
 * 32 bits of the seed count: seeds that differ by 2^32 give the same noise.
 */
export function createTorchGenerator(seed: number | bigint): NoiseGenerator {
  const next = createMt19937(Number(BigInt.asUintN(32, BigInt(seed))));
  const drawOne = createDoubleNormal(next);
  return {
    *normal(count) {
      const out = new Float32Array(count);
      if (count >= BLOCK) yield* fillBlocks(out, next);
      else for (let i = 0; i < count; i++) out[i] = drawOne();
      return out;
    },
  };
}

/** The noise of one tensor, as `torch.randn(shape, generator=manual_seed(seed))` on the CPU. */
export function torchNoise(seed: number | bigint, shape: readonly number[]): Work<Float32Array> {
  return createTorchGenerator(seed).normal(shape.reduce((size, side) => size * side, 1));
}

// 16 numbers or more: uniforms first, then Box–Muller on blocks of 16; a short tail is redrawn whole.
function* fillBlocks(out: Float32Array, next: () => number): Work<void> {
  for (let i = 0; i < out.length; i++) {
    out[i] = (next() & 0xffffff) * UNIT_24;
    if (i % SLICE === 0) yield;
  }
  for (let start = 0; start + BLOCK <= out.length; start += BLOCK) {
    boxMuller(out, start);
    if (start % SLICE === 0) yield;
  }
  if (out.length % BLOCK === 0) return;
  const tail = out.length - BLOCK;
  for (let i = tail; i < out.length; i++) out[i] = (next() & 0xffffff) * UNIT_24;
  boxMuller(out, tail);
}

function boxMuller(out: Float32Array, start: number): void {
  for (let j = start; j < start + BLOCK / 2; j++) {
    const radius = fround(Math.sqrt(fround(-2 * fround(Math.log(fround(1 - (out[j] as number)))))));
    const angle = fround(fround(2 * Math.PI) * (out[j + BLOCK / 2] as number));
    out[j] = radius * fround(Math.cos(angle));
    out[j + BLOCK / 2] = radius * fround(Math.sin(angle));
  }
}

// Fewer than 16: one by one in double precision; every second number waits for the next call.
function createDoubleNormal(next: () => number): () => number {
  let waiting: number | undefined;
  const uniform = () => {
    const high = next();
    const low = next();
    return ((high & 0x1fffff) * 2 ** 32 + low) * UNIT_53;
  };
  return () => {
    if (waiting !== undefined) {
      const value = waiting;
      waiting = undefined;
      return value;
    }
    const angle = 2 * Math.PI * uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-uniform()));
    waiting = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
