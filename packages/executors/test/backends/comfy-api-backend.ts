import {
  createServiceBackend,
  createTestClock,
  type ExecutorScenario,
  type ServiceBackend,
} from 'comfygen/testing';
import {
  type FakeComfyApiOptions,
  startFakeComfyApi,
} from '../../src/testing/comfy-api/fake-comfy-api.ts';
import type { ComfyApiTimeline } from '../../src/testing/comfy-api/job-table.ts';
import { filesOf } from './files-of.ts';

export const KEY = 'planted-secret-1234567';
export const PARTNER = 'partner-key-98765';

/** What can't come up on Comfy API. */
export const COMFY_API_CANNOT = {
  'odd-output': 'its OpenAPI document has one shape of outputs',
  'partly-fails': 'a job has outputs, or an error',
} as const;

const TIMELINES: { readonly [Scenario in ExecutorScenario]?: ComfyApiTimeline } = {
  succeeds: {},
  runs: { holds: 'KSampler' },
  fails: { fails: { node: 'KSampler' } },
  'takes-time': { queueMs: 3_000, stepMs: 1_000 },
  'unknown-word': {
    ...{ queueMs: 3_000, stepMs: 1_000 },
    spell: (status) => (status === 'running' ? 'WARMING_UP' : status),
  },
  'other-letters': { spell: (status) => status.toUpperCase() },
  'slow-cancel': { holds: 'KSampler', cancelMs: 5_000 },
  forgets: {},
  'many-outputs': {},
  'no-output': { outputs: () => [] },
  'other-kinds': {
    outputs: (made) => [...made, ...made.map((one) => ({ ...one, ...CLIP }))],
  },
  'unsafe-names': { outputs: (made) => made.map((one) => ({ ...one, name: '../../evil.png' })) },
  'host-fault': { fails: { node: 'KSampler' }, error: { code: 'upstream_error' } },
  'missing-model': {},
  'missing-input': {},
};
const CLIP = { type: 'video', name: 'clip.mp4', contentType: 'video/mp4' };

/** A backend with the API's address. */
export interface ComfyApiBackend extends ServiceBackend {
  /** Whether it lists what it can run, as Comfy Cloud does. */
  inventory: boolean;
}

/** A fake of Comfy API v2 that plays a scenario. */
export async function comfyApiBackend(
  scenario: ExecutorScenario,
  options: FakeComfyApiOptions,
): Promise<ComfyApiBackend | undefined> {
  const own = TIMELINES[scenario];
  if (own === undefined) return undefined;
  const clock = createTestClock();
  const fake = await startFakeComfyApi({ clock, apiKey: KEY, timeline: () => own, ...options });
  const { basePath = '', signedLinks = false, maxStreams, objectInfo = false } = options;
  const api = `${basePath}/api/v2`;
  return {
    ...createServiceBackend({
      ...{ scenario, clock, filesOf, key: KEY, secrets: [PARTNER] },
      service: fake,
      routes: {
        submit: `POST ${api}/jobs`,
        inspect: `GET ${api}/jobs/:id`,
        cancel: `POST ${api}/jobs/:id/cancel`,
        ...(maxStreams !== 0 && { watch: `GET ${api}/jobs/:id/events` }),
        ...(!signedLinks && { download: `GET ${api}/assets/:id/content` }),
      },
      hosts: [{ service: fake.storage, routes: signedLinks ? { download: 'GET /blobs/:id' } : {} }],
      ...(objectInfo && { credentials: {} }),
      accepted: () => fake.jobs.size,
    }),
    inventory: objectInfo,
  };
}
