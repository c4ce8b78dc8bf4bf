// Plug in an executor of your own, with a flow whose graph it understands: comfygen fills the graph,
// submits it, follows the job, fetches the pictures and tries again where that may help.
import { writeFile } from 'node:fs/promises';
import { encodeRgbPng } from '@comfygen/embedded/nodes';
import { createComfyGen, defineFlow, type Plan } from 'comfygen';
import { renderFarm } from './render-farm.ts';

// Core does not know the class Waves, so the flow says which of its inputs a brief fills.
const waves = defineFlow({
  id: 'waves',
  title: 'Coloured waves',
  workflow: {
    '1': { class_type: 'Waves', inputs: { text: '', seed: 0, width: 256, height: 256 } },
    '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'waves' } },
  },
  slots: {
    prompt: [{ node: '1', input: 'text' }],
    seed: [{ node: '1', input: 'seed' }],
    width: [{ node: '1', input: 'width' }],
    height: [{ node: '1', input: 'height' }],
  },
});

/** What the farm does with a plan: waves in colours that follow the text. */
async function drawWaves({ workflow }: Plan): Promise<Uint8Array> {
  const { text, ...numbers } = workflow['1']!.inputs;
  const [seed, width, height] = ['seed', 'width', 'height'].map((name) => Number(numbers[name]));
  const hue = [...String(text)].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0);
  const rgb = new Uint8Array(width! * height! * 3).map((_, at) => {
    const x = Math.floor(at / 3) % width!;
    const y = Math.floor(at / 3 / width!);
    return 128 + 127 * Math.sin(x / 19 + seed! + (at % 3) * hue) * Math.cos(y / 23 + seed!);
  });
  return encodeRgbPng(width!, height!, rgb);
}

const comfygen = createComfyGen({ flows: [waves], executor: renderFarm({ render: drawWaves }) });
// The graph has no batch, so two images are two jobs with two seeds.
const { images, attempts } = await comfygen.generate('the sea at dawn', { seed: 7, count: 2 });
for (const { bytes, seed } of images) await writeFile(`waves-${seed}.png`, bytes);
console.log(`${images.length} pictures in ${attempts.length} attempt`);
await comfygen.dispose();
