import { roundHalfEven } from '../runtime/round.ts';
import type { Grid } from './resize.ts';

/** The middle of a grid in the aspect ratio of a target size, as ComfyUI's crop `center` cuts it. */
export function cropCentre(grid: Grid, width: number, height: number): Grid {
  const [given, wanted] = [grid.width / grid.height, width / height];
  let [x, y] = [0, 0];
  if (given > wanted) x = roundHalfEven((grid.width - grid.width * (wanted / given)) / 2);
  else if (given < wanted) y = roundHalfEven((grid.height - grid.height * (given / wanted)) / 2);
  return cropGrid(grid, x, y, grid.width - 2 * x, grid.height - 2 * y);
}

/** A rectangle of a grid, copied. It must lie inside. */
export function cropGrid(grid: Grid, x: number, y: number, width: number, height: number): Grid {
  if (width === grid.width && height === grid.height) return grid;
  const line = width * grid.inner;
  const data = new Float32Array(grid.outer * height * line);
  for (let plane = 0; plane < grid.outer; plane++) {
    for (let row = 0; row < height; row++) {
      const from = ((plane * grid.height + y + row) * grid.width + x) * grid.inner;
      data.set(grid.data.subarray(from, from + line), (plane * height + row) * line);
    }
  }
  return { ...grid, width, height, data };
}
