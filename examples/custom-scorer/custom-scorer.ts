// Judge pictures by a scorer of your own, joined with a built-in one: the busiest sharp picture wins.
import { embedded } from '@comfygen/embedded';
import { ensemble } from '@comfygen/scorers';
import { technical } from '@comfygen/scorers/technical';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { bitsPerPixel } from './bits-per-pixel.ts';

const comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: embedded(),
  scorer: ensemble([
    technical(),
    {
      scorer: bitsPerPixel(),
      weight: 0.5,
      // 8 bits and more count as 1. The id stands in the ensemble's version, and so in every record.
      calibration: { id: 'eight-bits@1', kind: 'affine', low: 0, high: 8 },
    },
  ]),
});

const { images } = await comfygen.generate('a yellow bee', { seed: 1, count: 3 });
for (const { index, score } of images) {
  const members = score?.members?.map(({ name, value }) => `${name} ${value.toFixed(3)}`);
  console.log(`image ${index + 1}: ${score?.value.toFixed(3)} (${members?.join(', ')})`);
}
await comfygen.dispose();
