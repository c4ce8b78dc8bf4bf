import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm } from '@resvg/resvg-wasm';
import { runAtOnce } from 'comfygen/plugin';
import { expect, it } from 'vitest';
import { loadRasterizer, rasterize } from './rasterize.ts';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="2" height="2"/></svg>';

it('renders where the host has readied the same renderer before', async () => {
  const wasm = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
  // Another test file of this worker may have been the host.
  await initWasm(await readFile(wasm)).catch(() => {});
  await loadRasterizer();
  expect(runAtOnce(rasterize(SVG, 2)).data).toEqual(
    Float32Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]),
  );
});
