import {
  createServiceBackend,
  createTestClock,
  type ExecutorScenario,
  type ServiceBackend,
} from 'comfygen/testing';
import { startFakeRunpod } from '../../src/testing/runpod/fake-runpod.ts';
import { type RunpodTimeline, statusJson } from '../../src/testing/runpod/job-table.ts';
import { filesOf } from './files-of.ts';

export const KEY = 'planted-secret-1234567';
export const PARTNER = 'partner-key-98765';
export const HOOK = 'https://app.example/hooks/unguessable-token-42';

/** What can't come up on RunPod. */
export const RUNPOD_CANNOT = {
  'slow-cancel': 'it carries a cancel out before it answers',
} as const;

interface Made {
  images: { filename: string }[];
}
const changed = (change: (made: Made) => unknown) => (made: unknown) => change(made as Made);
const clip = { filename: 'clip.mp4', type: 'base64', data: 'AAAA' };

const TIMELINES: { readonly [Scenario in ExecutorScenario]?: RunpodTimeline } = {
  succeeds: {},
  runs: { holds: 'KSampler' },
  fails: { fails: { node: 'KSampler' } },
  'takes-time': { queueMs: 3_000, stepMs: 1_000 },
  'unknown-word': {
    ...{ queueMs: 3_000, stepMs: 1_000 },
    spell: (status) => (status === 'IN_PROGRESS' ? 'WARMING_UP' : status),
  },
  'other-letters': { spell: (status) => status.toLowerCase() },
  forgets: {},
  'many-outputs': {},
  'no-output': { result: () => ({ status: 'success_no_images', images: [] }) },
  'odd-output': { result: () => 7 },
  'other-kinds': { result: changed(({ images }) => ({ images: [...images, clip] })) },
  'unsafe-names': {
    result: changed(({ images }) => ({
      images: images.map((one) => ({ ...one, filename: '../../evil.png' })),
    })),
  },
  'partly-fails': { errors: ['Error uploading b.png to S3: timeout'] },
  'host-fault': { fails: { node: 'KSampler', message: 'CUDA out of memory. Tried to allocate' } },
  'missing-model': {},
  'missing-input': {},
};

/** A backend with the endpoint's address. */
export interface RunpodBackend extends ServiceBackend {
  endpointId: string;
}

/** A fake endpoint of RunPod that plays a scenario; with `bucket` its pictures are on another host. */
export async function runpodBackend(
  scenario: ExecutorScenario,
  bucket: boolean,
): Promise<RunpodBackend | undefined> {
  const own = TIMELINES[scenario];
  if (own === undefined) return undefined;
  const clock = createTestClock();
  const fake = await startFakeRunpod({ clock, apiKey: KEY, bucket, timeline: () => own });
  return {
    ...createServiceBackend({
      ...{ scenario, clock, filesOf, key: KEY, secrets: [PARTNER, HOOK] },
      service: fake,
      routes: {
        submit: 'POST /v2/:endpoint/run',
        inspect: 'GET /v2/:endpoint/status/:id',
        cancel: 'POST /v2/:endpoint/cancel/:id',
      },
      hosts: [{ service: fake.storage, routes: bucket ? { download: 'GET /bucket/:name' } : {} }],
      accepted: () => fake.jobs.size,
    }),
    endpointId: fake.endpointId,
    webhooks: {
      signed: false,
      call: (id) => ({ headers: {}, body: JSON.stringify(statusJson(fake.jobs.get(id)!)) }),
    },
  };
}
