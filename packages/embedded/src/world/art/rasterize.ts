import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { Work } from 'comfygen/plugin';
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

// A drawing is asked for in several colours and mirrored: 32 MiB are some 200 drawings of a 256-pixel canvas.
const drawings = new LRUCache<string, Uint8Array>({
  maxSize: 32 * 1024 * 1024,
  sizeCalculation: (pixels) => pixels.byteLength,
});

/** Renders a square SVG at `side` pixels; the same bytes on every machine, since the renderer is WebAssembly. */
export function* rasterize(svg: string, side: number): Work<Sprite> {
  const key = `${side} ${svg}`;
  let pixels = drawings.get(key);
  if (pixels === undefined) {
    pixels = render(svg, side);
    drawings.set(key, pixels);
    yield;
  }
  const data = new Float32Array(pixels.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = (pixels[i] as number) / 255;
    if (i % (side * 4) === 0) yield;
  }
  return { side, data };
}

function render(svg: string, side: number): Uint8Array {
  const renderer = new Resvg(svg, { fitTo: { mode: 'width', value: side } });
  const image = renderer.render();
  const pixels = image.pixels.slice();
  image.free();
  renderer.free();
  return pixels;
}
