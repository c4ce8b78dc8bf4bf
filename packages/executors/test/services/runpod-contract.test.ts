import { executorSuite } from 'comfygen/testing';
import { describe, it } from 'vitest';
import { runpod } from '../../src/runpod/runpod.ts';
import { startFakeRunpod } from '../../src/testing/runpod/fake-runpod.ts';
import { SECRET, testGraph } from './test-plan.ts';

const TIMELINES = {
  succeeds: {},
  runs: { holds: 'KSampler' },
  fails: { fails: { node: 'KSampler' } },
};

describe.each([
  ['pictures in base64', false],
  ['pictures in a bucket', true],
])('runpod with %s', (_, bucket) => {
  executorSuite(
    { describe, it },
    {
      async backend(scenario) {
        const timeline = () => TIMELINES[scenario] ?? {};
        const fake = await startFakeRunpod({ apiKey: SECRET, bucket, timeline });
        const { url, endpointId, close } = fake;
        return { workflow: testGraph(), secrets: [SECRET], url, endpointId, close };
      },
      create: ({ url, endpointId }) => runpod({ baseUrl: url, endpointId, apiKey: SECRET }),
    },
  );
});
