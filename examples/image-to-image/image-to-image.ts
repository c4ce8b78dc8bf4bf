// A picture in, a picture out: of a drawing a part is painted anew, then all of it. On a ComfyUI server,
// here a fake one that the emoji world draws for; with COMFYUI_URL the same code runs on a real server.
import { writeFile } from 'node:fs/promises';
import { embedded } from '@comfygen/embedded';
import { comfyui } from '@comfygen/executors/comfyui';
import { runOn, startFakeComfyui } from '@comfygen/executors/testing';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen, type GenerateOptions } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { createCallContext } from 'comfygen/plugin';
import { encodePng } from 'comfygen/testing';

const painter = embedded();
const { catalogue, models } = await painter.inventory!(createCallContext());
const fake = process.env['COMFYUI_URL']
  ? undefined
  : await startFakeComfyui({ info: catalogue ?? {}, models, run: runOn(painter) });
const comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: comfyui({ ...(fake && { url: fake.url }) }),
});

async function draw(name: string, prompt: string, options: GenerateOptions = {}) {
  const { best, flow } = await comfygen.generate(prompt, { seed: 7, ...options });
  await writeFile(`${name}.png`, best.bytes);
  console.log(`${name}.png, ${best.width} × ${best.height}, by ${flow.id}`);
  return best;
}

try {
  const { bytes: image, width = 0, height = 0 } = await draw('apple', 'a red apple');
  // White is painted anew: the right half.
  const mask = encodePng(width, height, (x) => (x < width / 2 ? [0, 0, 0] : [255, 255, 255]));
  await draw('half', 'a green apple', { images: { image }, mask });
  await draw('pear', 'a green pear', { images: { image }, strength: 0.9 });
  // Both brought the same picture: it went up once, the mask too.
  if (fake) console.log(`${fake.count('POST /api/upload/image')} uploads`);
} finally {
  await comfygen.dispose();
  await fake?.close();
  await painter.dispose?.();
}
