import { randomUUID } from 'node:crypto';
import {
  createServiceBackend,
  createTestClock,
  createTestGraph,
  type ExecutorScenario,
  type HttpFault,
  type ServiceBackend,
} from 'comfygen/testing';
import { type FakeComfyui, startFakeComfyui } from '../../src/testing/comfyui/fake-comfyui.ts';
import type { FakeTimeline } from '../../src/testing/comfyui/paint-graph.ts';
import type { NodeOutput } from '../../src/testing/comfyui/server-state.ts';
import { filesOf } from './files-of.ts';

const KEY = 'planted-secret-1234';
const CREDENTIALS = { 'x-api-key': KEY };

/** What can't come up on a ComfyUI server. */
export const COMFYUI_CANNOT = {
  'unknown-word': 'a job is in the queue, at work or in the history; it has no word of its own',
  'other-letters': 'a job is in the queue, at work or in the history; it has no word of its own',
  forgets: 'the history is kept until the server is started again',
  'partly-fails': 'a job whose node fails has failed',
} as const;

const clip = { filename: 'clip.mp4', subfolder: '', type: 'output' };
const renamed = (made: NodeOutput) => ({
  images: (made['images'] as object[]).map((one) => ({ ...one, filename: '../../evil.png' })),
});

const TIMELINES: { readonly [Scenario in ExecutorScenario]?: FakeTimeline } = {
  succeeds: {},
  runs: { holds: 'KSampler' },
  fails: { fails: { node: 'KSampler' } },
  'takes-time': { stepMs: 1_000 },
  'slow-cancel': { holds: 'KSampler', interruptMs: 5_000 },
  'many-outputs': {},
  'no-output': { shows: () => ({}) },
  'odd-output': { shows: () => ({ images: { error: 'no list' } }) },
  'other-kinds': { shows: (made) => ({ ...made, gifs: [clip] }) },
  'unsafe-names': { shows: renamed },
  'host-fault': {
    fails: { node: 'KSampler', type: 'torch.AcceleratorError', message: 'CUDA error' },
  },
  'missing-model': {},
  'missing-input': {},
};

/** A backend with the server's address and what to send there. */
export interface ComfyuiBackend extends ServiceBackend {
  headers: Readonly<Record<string, string>>;
}

/** A fake ComfyUI that plays a scenario. */
export async function comfyuiBackend(
  scenario: ExecutorScenario,
  version?: string,
): Promise<ComfyuiBackend | undefined> {
  const own = TIMELINES[scenario];
  if (own === undefined) return undefined;
  const clock = createTestClock();
  let onJob = () => {};
  let others = 0;
  const fake: FakeComfyui = await startFakeComfyui({
    clock,
    version,
    timeline(_, id) {
      if (id === stranger) return { stepMs: 750 };
      onJob();
      return own;
    },
    guard: ({ headers }) => (headers['x-api-key'] === KEY ? {} : { status: 401, text: 'no key' }),
  });
  // A job waits there only while another one is at work.
  const stranger = scenario === 'takes-time' ? randomUUID() : undefined;
  if (stranger) {
    const body = JSON.stringify({
      prompt: createTestGraph({ sampler: { seed: 999 } }),
      prompt_id: stranger,
    });
    await fetch(`${fake.url}/api/prompt`, { method: 'POST', headers: CREDENTIALS, body });
    fake.requests.length = 0;
    others = 1;
  }
  const backend = createServiceBackend({
    ...{ scenario, clock, filesOf, key: KEY, credentials: CREDENTIALS },
    service: fake,
    routes: {
      submit: 'POST /api/prompt',
      inspect: ['GET /api/history/:id', 'GET /api/queue', 'GET /api/jobs/:id'],
      cancel: ['POST /api/jobs/:id/cancel', 'POST /api/queue', 'POST /api/interrupt'],
      download: 'GET /api/view',
    },
    accepted: () => {
      const { history, pending, running } = fake.state;
      return history.size + pending.length + (running ? 1 : 0) - others;
    },
  });
  const { http } = backend;
  return {
    ...backend,
    headers: CREDENTIALS,
    http: {
      ...http,
      operations: [...http.operations, 'watch'],
      meetAlways(operation, fault) {
        http.meetAlways(operation, fault);
        if (operation !== 'watch') return;
        fake.refuseSockets(fault !== undefined && !HEARD.includes(fault.kind));
        onJob = () => {
          if (fault?.kind === 'silence') fake.deafen();
          else if (fault?.kind === 'truncated') fake.drop();
        };
      },
    },
  };
}

/** Faults that a socket meets once it stands. */
const HEARD: readonly HttpFault['kind'][] = ['silence', 'truncated'];
