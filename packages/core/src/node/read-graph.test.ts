import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coreCatalogue } from '../workflow/catalogue.ts';
import { readGraph, readUiWorkflow } from './read-workflow.ts';

const graph = {
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
  '2': { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
};
const RUN = JSON.stringify(graph).replace('"inputs"', '"is_changed":[NaN],"inputs"');
const DRAWN = JSON.stringify({
  nodes: [{ id: 9, type: 'EmptyImage', widgets_values: ['{', 64, 1, 0], inputs: [], outputs: [] }],
  links: [],
}).replace('"{"', '32');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'comfygen-graph-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(name: string, ...parts: (string | Uint8Array)[]): Promise<string> {
  const path = join(root, name);
  await writeFile(path, Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  return path;
}
const NOISE = Uint8Array.from({ length: 4096 }, (_, index) => (index * index * 31 + 7) % 256);
/** Exif as ComfyUI writes it into WebP: texts between binary fields, each ended by a zero byte. */
const exif = (...texts: string[]) =>
  Buffer.concat(
    ['Exif\0\0MM\0*', ...texts.map((text) => `${text}\0`)].map((one) => Buffer.from(one)),
  );

describe('a binary file', () => {
  it.each(['picture.webp', 'picture.jpg', 'film.mp4', 'sound.flac'])(
    '%s gives its graph',
    async (name) => {
      const texts = exif(`workflow:${DRAWN}`, `prompt:${RUN}`);
      const file = await put(name, 'RIFF\0\0\0\0WEBP', NOISE, texts, NOISE);
      const read = await readGraph(file);
      expect(read).toMatchObject({ converted: false, warnings: [] });
      expect(Object.keys(read.graph)).toEqual(['1', '2']);
      expect(JSON.parse(await readUiWorkflow(file))).toEqual(JSON.parse(DRAWN));
    },
  );

  it('gives the graphs of a comment that holds both as texts', async () => {
    const comment = JSON.stringify({ prompt: JSON.stringify(graph), workflow: DRAWN });
    const file = await put('film.webm', NOISE, 'COMMENT\0', comment, '\0', NOISE);
    expect((await readGraph(file)).graph).toEqual(graph);
  });

  it('that is cut off inside its graph, or has none, says so', async () => {
    const cut = await put('cut.webp', 'RIFF\0\0\0\0', exif(RUN.slice(0, -20)));
    for (const file of [cut, await put('photo.webp', 'RIFF\0\0\0\0', NOISE)]) {
      await expect(readGraph(file)).rejects.toMatchObject({
        code: 'INVALID_WORKFLOW',
        message: expect.stringContaining('without a ComfyUI workflow'),
      });
    }
  });

  it('is converted where it holds the editor’s graph alone', async () => {
    const file = await put('drawn.webp', 'RIFF\0\0\0\0', exif(DRAWN));
    expect(await readGraph(file, { catalogue: coreCatalogue })).toMatchObject({
      converted: true,
      graph: { '9': { inputs: { width: 32, height: 64 } } },
    });
    await expect(readGraph(file)).rejects.toThrow('comfygen workflow convert');
  });
});

it('reads what a shell of Windows wrote', async () => {
  const utf16 = Buffer.from(`\uFEFF${JSON.stringify(graph)}`, 'utf16le');
  expect((await readGraph(await put('le.json', utf16))).graph).toEqual(graph);
  expect((await readGraph(await put('be.json', utf16.swap16()))).graph).toEqual(graph);
});
