import { replicate } from '@comfygen/executors/replicate';
import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { REPLICATE_CANNOT, replicateBackend, TOKEN } from '../backends/replicate-backend.ts';

const WEIGHTS = { CHECKPOINTS: ['model.safetensors'] };

for (const weights of [undefined, WEIGHTS]) {
  describe(weights ? 'with a manifest of weights' : 'without one', () => {
    executorSuite(
      { describe, it },
      {
        cannot: REPLICATE_CANNOT,
        backend: replicateBackend,
        create: ({ url, version }) => replicate({ token: TOKEN, baseUrl: url, version, weights }),
      },
    );
  });
}
