import {
  type Clock,
  defineFlow,
  type ExecutorV1,
  type JobEntry,
  type JobSnapshot,
  memoryJobStore,
  memoryRecordStore,
} from '../../packages/core/src/index.ts';
import {
  defineExecutor,
  defineScorer,
  defineSelector,
  systemClock,
} from '../../packages/core/src/plugin.ts';
import { createTestGraph, encodePng } from '../../packages/core/src/testing/index.ts';
import { coreCatalogue } from '../../packages/core/src/workflow/catalogue.ts';

const SPEED = 100;

/** A clock that is a hundred times as fast as the machine, so that limits of seconds cost little. */
const fastClock: Clock = {
  now: () => 1_800_000_000_000 + performance.now() * SPEED,
  monotonic: () => performance.now() * SPEED,
  sleep: (ms, signal) => systemClock.sleep(ms / SPEED, signal),
};

const graph = createTestGraph();
const flow = defineFlow({ id: 'one', workflow: graph });
const bytes = encodePng(1, 1, () => [200, 0, 0]);
const catalogue = Object.fromEntries(
  Object.entries(coreCatalogue).filter(([name]) => flow.classes.includes(name)),
);

/** Parts, stores and a host that do what they should; each call makes new ones. */
export function createSoundParts() {
  const jobs = memoryJobStore();
  const entry: JobEntry = {
    ref: { executor: 'sound', id: 'p', submittedAt: 0, data: { tag: 'a' } },
    planId: 'p',
    runId: 'r',
    flowId: 'one',
    state: 'queued',
  };
  const host = {
    flows: [flow],
    selector: selector(),
    executor: executor(),
    scorer: scorer(),
    reader: () => ({ subjects: ['apple'], relation: null, count: 1, scene: '' }),
    records: memoryRecordStore(),
    jobs,
    maxRetries: 0,
    clock: fastClock,
  };
  return { host, entry, flow, graph };
}

export type SoundParts = ReturnType<typeof createSoundParts>;

function executor(): ExecutorV1 {
  const done: JobSnapshot = {
    state: 'succeeded',
    rawState: 'done',
    progress: { fraction: 1, node: 'sampler', step: 4, steps: 4 },
    outputs: [
      {
        nodeId: 'save',
        index: 0,
        kind: 'image',
        fileName: 'a.png',
        mediaType: 'image/png',
        ref: { at: 'a' },
      },
    ],
    timings: { runMs: 10 },
    warnings: [{ code: 'odd-word', message: 'It said something.' }],
  };
  return defineExecutor({
    name: 'sound',
    supports: { progress: true, previews: true, resume: true, ownId: true, seed: true },
    async inventory() {
      return { catalogue, models: { checkpoints: ['model.safetensors'] }, source: 'sound' };
    },
    async submit(plan, ctx) {
      const ref = { executor: 'sound', id: plan.id, submittedAt: ctx.clock.now() };
      await ctx.onRef(ref);
      return ref;
    },
    inspect: async () => done,
    async *watch() {
      yield { type: 'progress', progress: { fraction: 0.5 } };
      yield { type: 'preview', bytes, mediaType: 'image/png' };
    },
    cancel: async () => ({ ...done, state: 'canceled' }),
    download: async () => ({ bytes, mediaType: 'image/png' }),
    jobsAtOnce: () => 1,
    async dispose() {},
  });
}

function selector() {
  return defineSelector({
    name: 'first',
    supports: { deterministic: true, parts: true },
    async select({ flows }) {
      const ranked = flows.map(({ id }, index) => ({
        flowId: id,
        score: 0.5,
        interval: [0.4, 0.6] as [number, number],
        probability: index === 0 ? 1 : 0,
        reason: 'first',
      }));
      return { ranked, labels: ['a'], reason: 'first', evidence: { a: [1] }, warnings: [] };
    },
    async learn() {
      return { warnings: [{ code: 'learned', message: 'It learned.' }] };
    },
    async dispose() {},
  });
}

function scorer() {
  return defineScorer({
    name: 'half',
    version: '1',
    range: [0, 1],
    supports: { deterministic: true },
    async score() {
      const raw = { size: 1 };
      const member = { name: 'a', version: '1', value: 0.5, weight: 1, raw };
      return { value: 0.5, raw, members: [member], evidence: { a: [1] }, warnings: [] };
    },
    async dispose() {},
  });
}
