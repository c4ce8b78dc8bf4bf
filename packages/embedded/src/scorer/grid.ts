import type { Work } from 'comfygen/plugin';

/** Ones and zeros, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly cells: Uint8Array;
}

/** Cells of `size` pixels a side, each 1 where at least a quarter of its pixels are. */
export function* shrink({ width, height, cells }: Grid, size: number): Work<Grid> {
  if (size === 1) return { width, height, cells };
  const [columns, rows] = [Math.ceil(width / size), Math.ceil(height / size)];
  const counts = new Uint32Array(columns * rows);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / size) * columns;
    for (let x = 0; x < width; x++) {
      const at = row + Math.floor(x / size);
      counts[at] = (counts[at] as number) + (cells[y * width + x] as number);
    }
    yield;
  }
  const out = Uint8Array.from(counts, (count) => (count * 4 >= size * size ? 1 : 0));
  return { width: columns, height: rows, cells: out };
}

// So many cells are looked at between two chances to pause.
const SLICE = 2 ** 14;

/** The grid with its holes filled: what no path of zeros joins with the border. */
export function* fillHoles({ width, height, cells }: Grid): Work<Grid> {
  const outside = new Uint8Array(cells.length);
  const stack: number[] = [];
  const visit = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = y * width + x;
    if (cells[at] || outside[at]) return;
    outside[at] = 1;
    stack.push(at);
  };
  for (let x = 0; x < width; x++) {
    visit(x, 0);
    visit(x, height - 1);
  }
  for (let y = 0; y < height; y++) {
    visit(0, y);
    visit(width - 1, y);
  }
  let visited = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (++visited % SLICE === 0) yield;
    const [x, y] = [at % width, Math.floor(at / width)];
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  for (let at = 0; at < outside.length; at++) {
    outside[at] = 1 - (outside[at] as number);
    if (at % SLICE === 0) yield;
  }
  return { width, height, cells: outside };
}

/** A number from 1 for each island of ones, diagonals included; 0 elsewhere. */
export function label({ width, height, cells }: Grid): { labels: Uint32Array; count: number } {
  const labels = new Uint32Array(cells.length);
  const stack: number[] = [];
  let count = 0;
  for (let start = 0; start < cells.length; start++) {
    if (!cells[start] || labels[start]) continue;
    count += 1;
    labels[start] = count;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const next = row * width + column;
          if (!cells[next] || labels[next]) continue;
          labels[next] = count;
          stack.push(next);
        }
      }
    }
  }
  return { labels, count };
}
