import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { runpod } from '../../src/runpod/runpod.ts';
import { HOOK, KEY, PARTNER, RUNPOD_CANNOT, runpodBackend } from '../backends/runpod-backend.ts';

describe.each([
  ['pictures in base64', false],
  ['pictures in a bucket', true],
])('runpod with %s', (_, bucket) => {
  executorSuite(
    { describe, it },
    {
      cannot: RUNPOD_CANNOT,
      backend: (scenario) => runpodBackend(scenario, bucket),
      create: ({ url: baseUrl, endpointId }) =>
        runpod({
          ...{ baseUrl, endpointId, apiKey: KEY },
          ...{ comfyOrgApiKey: PARTNER, webhookUrl: HOOK },
        }),
    },
  );
});
