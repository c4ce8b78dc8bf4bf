import { comfyui } from '@comfygen/executors/comfyui';
import { pool } from '@comfygen/executors/pool';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { textToImage } from '../comfyui/graphs.ts';

const SECRET = 'planted-secret-1234';

describe('a pool of three servers', () => {
  executorSuite(
    { describe, it },
    {
      async backend(scenario) {
        const start = () =>
          startFakeComfyui({
            timeline: () => ({
              ...(scenario === 'runs' && { holds: 'KSampler' }),
              ...(scenario === 'fails' && { fails: { node: 'KSampler' } }),
            }),
            guard: ({ headers }) =>
              headers['x-api-key'] === SECRET ? {} : { status: 401, text: 'no key' },
          });
        const fakes = await Promise.all([start(), start(), start()]);
        return {
          urls: fakes.map(({ url }) => url),
          workflow: textToImage(),
          secrets: [SECRET],
          async close() {
            await Promise.all(fakes.map((fake) => fake.close()));
          },
        };
      },
      create: ({ urls }) =>
        pool({ executors: urls.map((url) => comfyui({ url, headers: { 'x-api-key': SECRET } })) }),
    },
  );
});
