import { comfyApi } from '@comfygen/executors/comfy-api';
import { comfyicu } from '@comfygen/executors/comfyicu';
import { replicate } from '@comfygen/executors/replicate';
import { runpod } from '@comfygen/executors/runpod';
import type { ExecutorV1 } from 'comfygen/plugin';
import { describe } from 'vitest';
import { liveCases } from './live-cases.ts';

// A run costs money, and keys lie in many an environment: they alone start nothing.
const SWITCH = 'COMFYGEN_LIVE';
const SERVICES: { name: string; create(): ExecutorV1; needs: string[] }[] = [
  { name: 'Replicate', create: replicate, needs: ['REPLICATE_API_TOKEN'] },
  { name: 'RunPod', create: runpod, needs: ['RUNPOD_API_KEY', 'RUNPOD_ENDPOINT_ID'] },
  { name: 'Comfy API', create: comfyApi, needs: ['COMFY_API_KEY'] },
  { name: 'ComfyICU', create: comfyicu, needs: ['COMFYICU_API_KEY', 'COMFYICU_WORKFLOW_ID'] },
];

for (const { name, create, needs } of SERVICES) {
  const missing = [...needs, SWITCH].filter((variable) => !process.env[variable]);
  if (missing.length > 0)
    console.warn(
      `SKIPPED: the real ${name}; to run it (it costs money) set ${missing.join(', ')}.`,
    );
  describe.skipIf(missing.length > 0)(`the real ${name}`, () => {
    liveCases({ create: () => create(), pollMs: 2_000, limitMs: 600_000 });
  });
}
