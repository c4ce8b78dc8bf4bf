// A scorer of your own: it prefers bright pictures, joined with the technical one at a weight.
import { embedded } from '@comfygen/embedded';
import { ensemble } from '@comfygen/scorers';
import { technical } from '@comfygen/scorers/technical';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { defineScorer } from 'comfygen/plugin';

/** Bytes per pixel of a 256 × 256 PNG: a stand-in for whatever your own app cares about. */
const detail = defineScorer({
  name: 'detail',
  version: '1',
  range: [0, 1],
  supports: { deterministic: true, prompt: false, network: false },
  async score({ image }) {
    const bytesPerPixel = image.bytes.length / (256 * 256);
    return { value: Math.min(1, bytesPerPixel), raw: { bytesPerPixel }, warnings: [] };
  },
});

await using comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: embedded(),
  scorer: ensemble([technical(), { scorer: detail, weight: 0.5 }]),
});

const { images } = await comfygen.generate('a yellow bee', { seed: 1, count: 3 });
for (const { seed, score } of images) {
  const members = score?.members?.map((m) => `${m.name} ${m.value.toFixed(3)}`).join(', ');
  console.log(`seed ${seed}: ${score?.value.toFixed(3)} (${members})`);
}
