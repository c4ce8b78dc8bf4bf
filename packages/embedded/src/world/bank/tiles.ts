import { finishWork, type Made, type Work } from 'comfygen/plugin';
import type { LatentArea, Tensor } from '../../model/types.ts';
import { addArea, addWeights, cutArea } from '../../sampling/latent-area.ts';

/**
 * A latent put together from what `map` makes of its areas; their mean where areas overlap. Cells
 * outside of all areas are as in `rest` of the whole; default: `map`.
 */
export function* mapTiles(
  x: Tensor,
  areas: readonly LatentArea[],
  map: (part: Tensor) => Work<Tensor>,
  rest: (whole: Tensor) => Made<Tensor> = map,
): Work<Tensor> {
  const [, , height = 0, width = 0] = x.shape;
  const counts = new Float32Array(height * width);
  const data = new Float32Array(x.data.length);
  for (const area of areas) {
    const even = new Float32Array(area.width * area.height).fill(1);
    addArea(yield* map(cutArea(x, area)), area, even, data, [width, height]);
    addWeights(area, even, counts, width);
  }
  const whole = counts.includes(0) ? (yield* finishWork(rest(x))).data : undefined;
  for (let i = 0; i < data.length; i++) {
    const count = counts[i % counts.length] as number;
    data[i] = count > 0 ? (data[i] as number) / count : (whole?.[i] as number);
  }
  return { shape: x.shape, data };
}
