import {
  createHttpBackend,
  createTestClock,
  type ExecutorBackend,
  type ExecutorScenario,
} from 'comfygen/testing';
import { startFakeComfyicu } from '../../src/testing/comfyicu/fake-comfyicu.ts';
import type { FakeComfyicuTimeline, RunBody } from '../../src/testing/comfyicu/run-table.ts';
import { scenarioGraph } from './scenario-graph.ts';

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
export interface ComfyicuBackend extends ExecutorBackend {
  url: string;
  workflowId: string;
}

/** A fake ComfyICU that plays a scenario. */
export async function comfyicuBackend(
  scenario: ExecutorScenario,
): Promise<ComfyicuBackend | undefined> {
  const own = TIMELINES[scenario];
  if (own === undefined) return undefined;
  const clock = createTestClock();
  let accepted = 0;
  const timeline = () => {
    accepted += 1;
    return own;
  };
  const fake = await startFakeComfyicu({ clock, apiKey: KEY, timeline });
  const run = '/api/v1/workflows/:workflow/runs';
  return {
    ...scenarioGraph(scenario),
    url: fake.url,
    workflowId: fake.workflowId,
    secrets: [KEY],
    clock,
    http: createHttpBackend({
      servers: [
        { service: fake, routes: { submit: [`POST ${run}`], inspect: [`GET ${run}/:run`] } },
        {
          service: fake.storage,
          routes: { download: ['GET /workflows/:workflow/output/:run/:name'] },
        },
      ],
      credentials: { authorization: `Bearer ${KEY}` },
      accepted: () => accepted,
      graphIn: (request) => (request.json() as RunBody).prompt,
    }),
    webhooks: {
      signed: false,
      call: (id) => ({ headers: {}, body: JSON.stringify(fake.run(id)) }),
    },
    close: () => fake.close(),
  };
}
