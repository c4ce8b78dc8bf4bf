// Test an app without a GPU: a fake ComfyUI in this process, drawn by the emoji world, which breaks
// all of its sockets in the middle of a job. With COMFYUI_URL the same code runs on a real server.
import { embedded } from '@comfygen/embedded';
import { comfyui } from '@comfygen/executors/comfyui';
import { runOn, startFakeComfyui } from '@comfygen/executors/testing';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { createCallContext } from 'comfygen/plugin';

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
let dropped = false;
comfygen.events.on('execute-progress', ({ classType }) => {
  if (classType !== 'KSampler' || dropped) return;
  dropped = true;
  fake?.drop();
});

try {
  const { best, flow, plan } = await comfygen.generate('a green frog', { seed: 7 });
  const jobs = fake?.count('POST /api/prompt') ?? 1;
  console.log(`${flow.id}: ${best.bytes.length} bytes, seed ${plan.seed}, ${jobs} job`);
} finally {
  await comfygen.dispose();
  await fake?.close();
  await painter.dispose?.();
}
