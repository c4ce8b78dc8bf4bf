import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { comfyApi } from '../../src/comfy-api/comfy-api.ts';
import type { FakeComfyApiOptions } from '../../src/testing/comfy-api/fake-comfy-api.ts';
import { COMFY_API_CANNOT, comfyApiBackend, KEY, PARTNER } from '../backends/comfy-api-backend.ts';

const SURFACES: [name: string, options: FakeComfyApiOptions][] = [
  ['a server of one’s own', {}],
  ['Comfy Cloud', { signedLinks: true, relativeLinks: false, objectInfo: true }],
  ['a deployment behind a path, without events', { basePath: '/deployment/d1', maxStreams: 0 }],
];

describe.each(SURFACES)('comfy-api on %s', (_, options) => {
  executorSuite(
    { describe, it },
    {
      cannot: COMFY_API_CANNOT,
      backend: (scenario) => comfyApiBackend(scenario, options),
      create: ({ url: baseUrl, inventory }) =>
        comfyApi({ baseUrl, apiKey: KEY, comfyOrgApiKey: PARTNER, inventory }),
    },
  );
});
