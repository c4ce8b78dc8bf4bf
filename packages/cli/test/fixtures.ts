import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A small graph as ComfyUI exports it, with a seed that a `number` cannot hold. */
export const WORKFLOW = `{
  "1": { "class_type": "CheckpointLoaderSimple", "inputs": { "ckpt_name": "base.safetensors" } },
  "2": { "class_type": "CLIPTextEncode", "inputs": { "text": "a house", "clip": ["1", 1] } },
  "3": { "class_type": "CLIPTextEncode", "inputs": { "text": "blurry", "clip": ["1", 1] } },
  "4": { "class_type": "EmptyLatentImage", "inputs": { "width": 512, "height": 512, "batch_size": 1 } },
  "5": { "class_type": "KSampler", "inputs": { "model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0],
    "latent_image": ["4", 0], "seed": 18446744073709551615, "steps": 20, "cfg": 7, "sampler_name": "euler",
    "scheduler": "normal", "denoise": 1 } },
  "6": { "class_type": "VAEDecode", "inputs": { "samples": ["5", 0], "vae": ["1", 2] } },
  "7": { "class_type": "SaveImage", "inputs": { "images": ["6", 0], "filename_prefix": "ComfyUI" } }
}`;

/** What the graph editor saves instead: another format. */
export const UI_WORKFLOW = JSON.stringify({
  last_node_id: 1,
  last_link_id: 0,
  nodes: [{ id: 1, type: 'KSampler', pos: [0, 0], inputs: [], outputs: [], widgets_values: [] }],
  links: [],
  version: 0.4,
});

/** A graph as the editor saves it: a VAE that decodes an empty latent, and a value that the file leaves out. */
export const DRAWN = JSON.stringify({
  nodes: [
    { id: 1, type: 'EmptyLatentImage', widgets_values: [640, 512, 1] },
    {
      ...{ id: 2, type: 'VAEDecode' },
      inputs: [
        { name: 'samples', type: 'LATENT', link: 1 },
        { name: 'vae', type: 'VAE', link: 3 },
      ],
    },
    { id: 3, type: 'SaveImage', inputs: [{ name: 'images', type: 'IMAGE', link: 2 }] },
    { id: 4, type: 'VAELoader', widgets_values: ['v.safetensors'], outputs: [] },
  ],
  links: [
    [1, 1, 0, 2, 0, 'LATENT'],
    [2, 2, 0, 3, 0, 'IMAGE'],
    [3, 4, 0, 2, 1, 'VAE'],
  ],
  version: 0.4,
});

/** What carries texts in a PNG: its signature and a text chunk for each, without any picture. */
export function pngWith(texts: Record<string, string>): Uint8Array {
  const chunks = Object.entries(texts).flatMap(([keyword, text]) => {
    const data = Buffer.from(`${keyword}\0${text}`, 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return [length, Buffer.from('tEXt'), data, Buffer.alloc(4)];
  });
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...chunks]);
}

/** A PNG of one grey pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

/**
 * A config file whose parts are plain objects: a selector, a scorer, and an executor that hands out one picture.
 * `never` is an executor whose job does not end; it writes `submitted` and `canceled` beside the file.
 */
export function configSource(kind: 'easel' | 'never' | 'broken'): string {
  return `
import { writeFileSync } from 'node:fs';
const note = (name) => writeFileSync(new URL(name, import.meta.url), '');
const kind = ${JSON.stringify(kind)};
const job = (state, outputs = []) => ({ state, rawState: state, outputs, warnings: [] });
const output = { nodeId: '7', index: 0, kind: 'image', fileName: 'a.png', mediaType: 'image/png', ref: {} };
const executor = {
  spec: 'v1', role: 'executor', name: 'easel',
  supports: { ownId: true, seed: true, nodeOutputs: true },
  async submit(plan, ctx) {
    const ref = { executor: 'easel', id: plan.id, submittedAt: ctx.clock.now() };
    await ctx.onRef(ref);
    note('submitted');
    return ref;
  },
  async inspect() {
    if (kind === 'never') return job('running');
    if (kind === 'easel') return job('succeeded', [output]);
    const failure = { code: 'EXECUTION_FAILED', message: 'The easel fell over.', retryable: false };
    return { ...job('failed'), failure };
  },
  async cancel() { note('canceled'); return job('canceled'); },
  async download() { return { bytes: new Uint8Array(Buffer.from('${PIXEL}', 'base64')), mediaType: 'image/png' }; },
};
const scorer = {
  spec: 'v1', role: 'scorer', name: 'taste', version: '1', range: [0, 1],
  supports: { deterministic: true },
  async score() { return { value: 0.75, raw: { taste: 0.75 }, warnings: [] }; },
};
const selector = {
  spec: 'v1', role: 'selector', name: 'alphabet',
  supports: { deterministic: true },
  async select({ flows }) {
    const ranked = flows.map(({ id }, index) => ({ flowId: id, score: 1 / (index + 1), interval: null,
      probability: index === 0 ? 1 : 0, reason: 'It stands at place ' + (index + 1) + ' of the alphabet.' }));
    return { ranked, labels: ['house', 'letters'], reason: 'It comes first in the alphabet.', warnings: [] };
  },
};
export default { executor, selector, scorer, flows: 'flows', only: true };
`;
}

/** Fills a folder with one flow and a config that runs it with plain-object parts. */
export async function makeProject(folder: string, kind: 'easel' | 'never' | 'broken' = 'easel') {
  await mkdir(join(folder, 'flows'));
  await writeFile(join(folder, 'flows', 'my-house.json'), WORKFLOW);
  await writeFile(join(folder, 'comfygen.config.mjs'), configSource(kind));
  return folder;
}
