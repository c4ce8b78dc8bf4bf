import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { comfyApi } from '../../src/comfy-api/comfy-api.ts';
import type { FakeComfyApiOptions } from '../../src/testing/comfy-api/fake-comfy-api.ts';
import { startFakeComfyApi } from '../../src/testing/comfy-api/fake-comfy-api.ts';
import { SECRET, testGraph } from './test-plan.ts';

const TIMELINES = {
  succeeds: {},
  runs: { holds: 'KSampler' },
  fails: { fails: { node: 'KSampler' } },
};

const SURFACES: [name: string, options: FakeComfyApiOptions][] = [
  ['a server of one’s own', {}],
  ['Comfy Cloud', { signedLinks: true, relativeLinks: false, objectInfo: true }],
  ['a deployment behind a path, without events', { basePath: '/deployment/d1', maxStreams: 0 }],
];

describe.each(SURFACES)('comfy-api on %s', (_, options) => {
  executorSuite(
    { describe, it },
    {
      async backend(scenario) {
        const timeline = () => TIMELINES[scenario] ?? {};
        const fake = await startFakeComfyApi({ ...options, apiKey: SECRET, timeline });
        const inventory = options.objectInfo === true;
        const { url, close } = fake;
        return { workflow: testGraph(), secrets: [SECRET], url, inventory, close };
      },
      create: ({ url, inventory }) => comfyApi({ baseUrl: url, apiKey: SECRET, inventory }),
    },
  );
});
