import type { LatentArea, Tensor } from '../../model/types.ts';

/**
 * A latent put together from what `map` makes of its areas; their mean where areas overlap. Cells
 * outside of all areas are as in `map` of the whole.
 */
export function mapTiles(
  x: Tensor,
  areas: readonly LatentArea[],
  map: (part: Tensor) => Tensor,
): Tensor {
  const [, , height = 0, width = 0] = x.shape;
  const counts = new Float32Array(height * width);
  const data = new Float32Array(x.data.length);
  for (const area of areas) {
    addTile(map(cutTile(x, area)), area, data, width, height);
    addCount(area, counts, width);
  }
  const whole = counts.includes(0) ? map(x).data : undefined;
  for (let i = 0; i < data.length; i++) {
    const count = counts[i % counts.length] as number;
    data[i] = count > 0 ? (data[i] as number) / count : (whole?.[i] as number);
  }
  return { shape: x.shape, data };
}

function cutTile({ shape, data }: Tensor, area: LatentArea): Tensor {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const out = new Float32Array(count * channels * area.height * area.width);
  for (let plane = 0; plane < count * channels; plane++) {
    for (let row = 0; row < area.height; row++) {
      const from = (plane * height + area.y + row) * width + area.x;
      const to = (plane * area.height + row) * area.width;
      out.set(data.subarray(from, from + area.width), to);
    }
  }
  return { shape: [count, channels, area.height, area.width], data: out };
}

function addTile(tile: Tensor, area: LatentArea, out: Float32Array, width: number, height: number) {
  const planes = tile.data.length / (area.width * area.height);
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < area.height; row++) {
      const from = (plane * area.height + row) * area.width;
      const to = (plane * height + area.y + row) * width + area.x;
      for (let i = 0; i < area.width; i++) {
        out[to + i] = (out[to + i] as number) + (tile.data[from + i] as number);
      }
    }
  }
}

function addCount(area: LatentArea, counts: Float32Array, width: number): void {
  for (let row = area.y; row < area.y + area.height; row++) {
    for (let i = row * width + area.x; i < row * width + area.x + area.width; i++) {
      counts[i] = (counts[i] as number) + 1;
    }
  }
}
