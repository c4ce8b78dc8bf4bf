const STATE_SIZE = 624;
const SHIFT = 397;

/** A stream of 32-bit unsigned integers: the Mersenne Twister (Matsumoto and Nishimura, 1998), MT19937. */
export function createMt19937(seed: number): () => number {
  const state = initState(seed);
  let index = STATE_SIZE;
  return () => {
    if (index === STATE_SIZE) {
      twist(state);
      index = 0;
    }
    let y = state[index++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  };
}

function initState(seed: number): Uint32Array {
  const state = new Uint32Array(STATE_SIZE);
  state[0] = seed;
  for (let i = 1; i < STATE_SIZE; i++) {
    const previous = state[i - 1] as number;
    state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < STATE_SIZE; i++) {
    const y =
      ((state[i] as number) & 0x80000000) | ((state[(i + 1) % STATE_SIZE] as number) & 0x7fffffff);
    state[i] = (state[(i + SHIFT) % STATE_SIZE] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}
