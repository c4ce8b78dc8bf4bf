import {
  createServiceBackend,
  createTestClock,
  type ExecutorScenario,
  type ServiceBackend,
} from 'comfygen/testing';
import { startFakeComfyicu } from '../../src/testing/comfyicu/fake-comfyicu.ts';
import type { FakeComfyicuTimeline } from '../../src/testing/comfyicu/run-table.ts';
import { filesOf } from './files-of.ts';

export const KEY = 'planted-icu-key-0123456789';

/** What can't come up on ComfyICU. */
export const COMFYICU_CANNOT = {
  forgets: 'how long it keeps runs is not documented',
  'partly-fails': 'a run has files, or an error',
  'slow-cancel': 'it has no cancel',
} as const;

const clip = { filename: 'clip.mp4', url: 'https://files.test/clip.mp4' };

const TIMELINES: { readonly [Scenario in ExecutorScenario]?: FakeComfyicuTimeline } = {
  succeeds: {},
  runs: { holds: 'KSampler' },
  fails: { fails: { node: 'KSampler' } },
  'takes-time': { queueMs: 3_000, stepMs: 1_000 },
  'unknown-word': { queueMs: 3_000, stepMs: 1_000, words: ['INIT', 'STARTED', 'WARMING_UP'] },
  'other-letters': { words: ['init', 'started', 'running'], end: 'completed' },
  'many-outputs': {},
  'no-output': { output: [] },
  'odd-output': { output: { error: { exception_message: 'no list' } } },
  'other-kinds': { output: (made: object[]) => [...made, clip] },
  'unsafe-names': {
    output: (made: object[]) => made.map((one) => ({ ...one, filename: '../../evil.png' })),
  },
  'host-fault': { fails: { node: 'KSampler', type: 'OutOfMemoryError', message: 'CUDA' } },
  'missing-model': {},
  'missing-input': {},
};

/** A backend with the service's address and a workflow of it. */
export interface ComfyicuBackend extends ServiceBackend {
  workflowId: string;
}

/** A fake ComfyICU that plays a scenario. */
export async function comfyicuBackend(
  scenario: ExecutorScenario,
): Promise<ComfyicuBackend | undefined> {
  const own = TIMELINES[scenario];
  if (own === undefined) return undefined;
  const clock = createTestClock();
  const fake = await startFakeComfyicu({ clock, apiKey: KEY, timeline: () => own });
  const run = '/api/v1/workflows/:workflow/runs';
  return {
    ...createServiceBackend({
      ...{ scenario, clock, filesOf, key: KEY },
      service: fake,
      routes: { submit: `POST ${run}`, inspect: `GET ${run}/:run` },
      hosts: [
        {
          service: fake.storage,
          routes: { download: 'GET /workflows/:workflow/output/:run/:name' },
        },
      ],
    }),
    workflowId: fake.workflowId,
    webhooks: {
      signed: false,
      call: (id) => ({ headers: {}, body: JSON.stringify(fake.run(id)) }),
    },
  };
}
