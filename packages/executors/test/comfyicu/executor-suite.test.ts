import { comfyicu } from '@comfygen/executors/comfyicu';
import { startFakeComfyicu } from '@comfygen/executors/testing';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { textToImage } from '../comfyui/graphs.ts';
import { KEY } from './bench.ts';

executorSuite(
  { describe, it },
  {
    async backend(scenario) {
      const fake = await startFakeComfyicu({
        apiKey: KEY,
        timeline: () => ({
          ...(scenario === 'runs' && { holds: 'KSampler' }),
          ...(scenario === 'fails' && { fails: { node: 'KSampler' } }),
        }),
      });
      const { url, workflowId } = fake;
      const close = () => fake.close();
      return { url, workflowId, workflow: textToImage(), secrets: [KEY], close };
    },
    create: ({ url, workflowId }) => comfyicu({ apiKey: KEY, baseUrl: url, workflowId }),
  },
);
