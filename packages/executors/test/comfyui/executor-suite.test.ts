import { comfyui } from '@comfygen/executors/comfyui';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { textToImage } from './graphs.ts';

const SECRET = 'planted-secret-1234';

for (const version of ['0.33.0', '0.3.64']) {
  describe(`on ComfyUI ${version}`, () => {
    executorSuite(
      { describe, it },
      {
        async backend(scenario) {
          const fake = await startFakeComfyui({
            version,
            timeline: () => ({
              ...(scenario === 'runs' && { holds: 'KSampler' }),
              ...(scenario === 'fails' && { fails: { node: 'KSampler' } }),
            }),
            guard: ({ headers }) =>
              headers['x-api-key'] === SECRET ? {} : { status: 401, text: 'no key' },
          });
          return {
            url: fake.url,
            workflow: textToImage(),
            secrets: [SECRET],
            close: () => fake.close(),
          };
        },
        create: ({ url }) => comfyui({ url, headers: { 'x-api-key': SECRET } }),
      },
    );
  });
}
