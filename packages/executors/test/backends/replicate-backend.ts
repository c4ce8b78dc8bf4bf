import {
  createServiceBackend,
  createTestClock,
  type ExecutorScenario,
  type ServiceBackend,
} from 'comfygen/testing';
import { parseWorkflow } from 'comfygen/workflow';
import { startFakeReplicate } from '../../src/testing/replicate/fake-replicate.ts';
import type { FakeReplicateTimeline } from '../../src/testing/replicate/prediction-table.ts';
import { filesOf } from './files-of.ts';

export const TOKEN = 'r8_planted-token-0123456789';

/** What can't come up on Replicate. */
export const REPLICATE_CANNOT = {
  'partly-fails': 'a prediction has files, or an error',
} as const;

const spell =
  (words: Record<string, string>) =>
  (status: string): string =>
    words[status] ?? status;
const evil = (urls: string[]) => urls.map((url) => url.replace(/[^/]+$/, '..%2F..%2Fevil.png'));

const TIMELINES: { readonly [Scenario in ExecutorScenario]?: FakeReplicateTimeline } = {
  succeeds: {},
  runs: { holds: 'KSampler' },
  fails: { fails: { node: 'KSampler' } },
  'takes-time': { startMs: 3_000, stepMs: 1_000 },
  'unknown-word': { startMs: 3_000, stepMs: 1_000, spell: spell({ processing: 'WARMING_UP' }) },
  'other-letters': { spell: (status) => status.toUpperCase() },
  'slow-cancel': { holds: 'KSampler', cancelMs: 5_000 },
  forgets: {},
  'many-outputs': {},
  'no-output': { output: [] },
  'odd-output': { output: { error: 'no list' } },
  'other-kinds': { output: (urls: string[]) => [...urls, 'https://files.test/clip.mp4'] },
  'unsafe-names': { output: evil },
  'host-fault': { error: 'Prediction interrupted; please retry (code: PA)' },
  'missing-model': {},
  'missing-input': {},
};

/** A backend with the service's address and a version of its model. */
export interface ReplicateBackend extends ServiceBackend {
  version: string;
}

/** A fake Replicate that plays a scenario. */
export async function replicateBackend(
  scenario: ExecutorScenario,
): Promise<ReplicateBackend | undefined> {
  const own = TIMELINES[scenario];
  if (own === undefined) return undefined;
  const clock = createTestClock();
  const ids = new Set<string>();
  const timeline = (_: unknown, id: string) => {
    ids.add(id);
    return own;
  };
  const fake = await startFakeReplicate({ clock, token: TOKEN, timeline });
  return {
    ...createServiceBackend({
      ...{ scenario, clock, filesOf, key: TOKEN },
      service: fake,
      routes: {
        submit: 'POST /v1/predictions',
        inspect: 'GET /v1/predictions/:id',
        cancel: 'POST /v1/predictions/:id/cancel',
      },
      hosts: [{ service: fake.delivery, routes: { download: 'GET /xezq/:id/:name' } }],
      accepted: () => ids.size,
      graphIn(request) {
        const { input } = request.json() as { input: { workflow_json: string } };
        return parseWorkflow(input.workflow_json);
      },
    }),
    // The model names the weight alone.
    ...(scenario === 'missing-model' && { faultyNode: undefined }),
    version: fake.version,
    webhooks: {
      signed: true,
      call(id, otherSignatures = 0) {
        const { headers, body } = fake.webhookCall(id);
        const others = Array.from({ length: otherSignatures }, () => `v1,${btoa('x'.repeat(32))}`);
        const signature = [...others, headers['webhook-signature']].join(' ');
        return { headers: { ...headers, 'webhook-signature': signature }, body };
      },
    },
  };
}
