/** How one side is resampled: for each new position the old ones that it is mixed from. */
export interface AxisWeights {
  /** Old positions, `taps` for each new one. */
  index: Int32Array;
  weight: Float64Array;
  taps: number;
  /** Whether the numbers are bytes, and sums are rounded to bytes. */
  bytes: boolean;
}

/** How to resize; the names are ComfyUI's. All follow torch's `interpolate` without antialiasing, lanczos Pillow's. */
export type ResizeMethod = 'nearest-exact' | 'bilinear' | 'area' | 'bicubic' | 'lanczos';

const FIXED = 2 ** 22;

/** The weights for one side, from its old length to its new one. */
export function weightsOf(method: ResizeMethod, from: number, to: number): AxisWeights {
  const scale = from / to;
  if (method === 'nearest-exact') {
    return axis(to, 1, (i) => [[Math.min(Math.floor((i + 0.5) * scale), from - 1), 1]]);
  }
  if (method === 'bilinear') {
    return axis(to, 2, (i) => {
      const at = Math.max((i + 0.5) * scale - 0.5, 0);
      const low = Math.min(Math.floor(at), from - 1);
      return [
        [low, 1 - (at - low)],
        [Math.min(low + 1, from - 1), at - low],
      ];
    });
  }
  if (method === 'bicubic') {
    return axis(to, 4, (i) => {
      const at = (i + 0.5) * scale - 0.5;
      const low = Math.floor(at);
      return [-1, 0, 1, 2].map((offset) => [
        Math.min(Math.max(low + offset, 0), from - 1),
        cubic(at - low - offset),
      ]);
    });
  }
  if (method === 'area') return areaWeights(from, to);
  return { ...lanczosWeights(from, to), bytes: true };
}

// Keys' kernel with a = −0.75, as torch has it.
function cubic(distance: number): number {
  const [a, x] = [-0.75, Math.abs(distance)];
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}

function areaWeights(from: number, to: number): AxisWeights {
  const taps = Math.ceil(from / to) + 1;
  return axis(to, taps, (i) => {
    const start = Math.floor((i * from) / to);
    const end = Math.ceil(((i + 1) * from) / to);
    return Array.from({ length: end - start }, (_, k) => [start + k, 1 / (end - start)]);
  });
}

// Three lobes; the kernel widens when shrinking. Pillow keeps its weights as whole 2^-22ths.
function lanczosWeights(from: number, to: number): AxisWeights {
  const scale = Math.max(from / to, 1);
  const support = 3 * scale;
  return axis(to, Math.ceil(support) * 2 + 1, (i) => {
    const centre = (i + 0.5) * (from / to);
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const raw = Array.from({ length: end - start }, (_, k) =>
      lanczos((start + k - centre + 0.5) / scale),
    );
    const sum = raw.reduce((total, value) => total + value, 0);
    return raw.map((value, k) => [start + k, Math.round((value / sum) * FIXED) / FIXED]);
  });
}

function lanczos(x: number): number {
  return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function axis(to: number, taps: number, at: (i: number) => number[][]): AxisWeights {
  const index = new Int32Array(to * taps);
  const weight = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    for (const [k, [position = 0, share = 0]] of at(i).entries()) {
      index[i * taps + k] = position;
      weight[i * taps + k] = share;
    }
  }
  return { index, weight, taps, bytes: false };
}
