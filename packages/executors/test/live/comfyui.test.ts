import { comfyui } from '@comfygen/executors/comfyui';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { LIVE_CANNOT, liveBackend, timeNodes } from './live-backend.ts';
import type { NodeTimes } from './server-graphs.ts';

const url = process.env['COMFYUI_URL']?.replace(/\/+$/, '');
if (!url)
  console.warn('SKIPPED: the suite against a real ComfyUI server; set COMFYUI_URL to run it.');

describe.skipIf(!url)(
  'a real ComfyUI server',
  async () => {
    const times: NodeTimes = url ? await timeNodes(url) : { noiseMs: 1, blurMs: 1 };
    executorSuite(
      { describe, it },
      {
        cannot: LIVE_CANNOT,
        backend: (scenario) => liveBackend(scenario, url!, times),
        create: ({ url, headers }) => comfyui({ url, headers }),
        limitMs: 180_000,
      },
    );
  },
  200_000,
);
