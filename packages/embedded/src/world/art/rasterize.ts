import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { LRUCache } from 'lru-cache';

/** A square drawing: `side × side` pixels of premultiplied RGBA, 0 to 1, row by row. */
export interface Sprite {
  readonly side: number;
  readonly data: Float32Array;
}

const require = createRequire(import.meta.url);
let ready: Promise<void> | undefined;

/** Readies the renderer; `rasterize` works from then on. */
export function loadRasterizer(): Promise<void> {
  ready ??= readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm'))
    .then((wasm) => initWasm(wasm))
    .catch((error: Error) => {
      // A host that renders SVG itself, or another copy of this package, has readied it: it can be done only once.
      if (!/already initialized/i.test(error.message)) throw error;
    });
  return ready;
}

// A drawing is asked for in several colours and mirrored: 48 MiB are some 70 drawings of a 256-pixel canvas.
const drawings = new LRUCache<string, Sprite>({
  maxSize: 48 * 1024 * 1024,
  sizeCalculation: ({ data }) => data.byteLength,
});

/** Renders a square SVG at `side` pixels; the same bytes on every machine, since the renderer is WebAssembly. */
export function rasterize(svg: string, side: number): Sprite {
  const key = `${side} ${svg}`;
  const known = drawings.get(key);
  if (known) return known;
  const renderer = new Resvg(svg, { fitTo: { mode: 'width', value: side } });
  const image = renderer.render();
  const sprite = { side, data: Float32Array.from(image.pixels, (byte) => byte / 255) };
  image.free();
  renderer.free();
  drawings.set(key, sprite);
  return sprite;
}
