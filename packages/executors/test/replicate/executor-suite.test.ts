import { replicate } from '@comfygen/executors/replicate';
import { startFakeReplicate } from '@comfygen/executors/testing';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { textToImage } from '../comfyui/graphs.ts';
import { TOKEN } from './bench.ts';

const WEIGHTS = { CHECKPOINTS: ['model.safetensors'] };

for (const weights of [undefined, WEIGHTS]) {
  describe(weights ? 'with a manifest of weights' : 'without one', () => {
    executorSuite(
      { describe, it },
      {
        async backend(scenario) {
          const fake = await startFakeReplicate({
            token: TOKEN,
            timeline: () => ({
              ...(scenario === 'runs' && { holds: 'KSampler' }),
              ...(scenario === 'fails' && { fails: { node: 'KSampler' } }),
            }),
          });
          const { url, version } = fake;
          const close = () => fake.close();
          return { url, version, workflow: textToImage(), secrets: [TOKEN], close };
        },
        create: ({ url, version }) => replicate({ token: TOKEN, baseUrl: url, version, weights }),
      },
    );
  });
}
