import type { LatentArea, Tensor } from '../model/types.ts';

/** An area of a latent as a latent of its own; the latent itself where the area is all of it. */
export function cutArea(x: Tensor, area: LatentArea): Tensor {
  const [count = 0, channels = 0, height = 0, width = 0] = x.shape;
  if (area.width === width && area.height === height) return x;
  const out = new Float32Array(count * channels * area.width * area.height);
  for (let plane = 0; plane < count * channels; plane++) {
    for (let row = 0; row < area.height; row++) {
      const from = (plane * height + area.y + row) * width + area.x;
      out.set(x.data.subarray(from, from + area.width), (plane * area.height + row) * area.width);
    }
  }
  return { shape: [count, channels, area.height, area.width], data: out };
}

/** Adds an area's latent to the whole one that it was cut from, cell by cell times its weight. */
export function addArea(
  { data }: Tensor,
  area: LatentArea,
  weights: Float32Array,
  total: Float32Array,
  [width, height]: readonly [number, number],
): void {
  const cells = area.width * area.height;
  for (let plane = 0; plane * cells < data.length; plane++) {
    for (let row = 0; row < area.height; row++) {
      const to = (plane * height + area.y + row) * width + area.x;
      for (let column = 0; column < area.width; column++) {
        const cell = row * area.width + column;
        total[to + column] =
          (total[to + column] as number) +
          (data[plane * cells + cell] as number) * (weights[cell] as number);
      }
    }
  }
}

/** Adds up, for each cell of a whole `width` across, the weights of the areas that cover it. */
export function addWeights(
  area: LatentArea,
  weights: Float32Array,
  counts: Float32Array,
  width: number,
): void {
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) {
      const at = (area.y + y) * width + area.x + x;
      counts[at] = (counts[at] as number) + (weights[y * area.width + x] as number);
    }
  }
}
