import { type ComfyGen, createComfyGen, defineFlow } from 'comfygen';
import type { ExecutorV1, Workflow } from 'comfygen/plugin';
import { createTestClock, type FakeService, type TestClock } from 'comfygen/testing';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { onTestFinished } from 'vitest';
import { type ComfyApiOptions, comfyApi } from '../../src/comfy-api/index.ts';
import { type RunpodOptions, runpod } from '../../src/runpod/index.ts';
import {
  type FakeComfyApiOptions,
  startFakeComfyApi,
} from '../../src/testing/comfy-api/fake-comfy-api.ts';
import type { FakeTimeline } from '../../src/testing/comfyui/paint-graph.ts';
import { paintJob } from '../../src/testing/paint-job.ts';
import { type FakeRunpodOptions, startFakeRunpod } from '../../src/testing/runpod/fake-runpod.ts';
import { createTestDriver, SECRET, type TestDriver, testGraph } from './test-plan.ts';

/** What both fakes understand. */
type CommonTimeline = FakeTimeline & {
  queueMs?: number;
  spell?: (status: string) => string;
};

/** A service under test. */
export interface ServiceBench extends TestDriver {
  executor: ExecutorV1;
  fake: Pick<FakeService, 'requests' | 'faults' | 'count' | 'stop' | 'start'>;
  storage: FakeService;
  /** Jobs that the service has taken. */
  taken(): number;
  /** Another executor on the same service, as another process would have. */
  another(): ExecutorV1;
  comfygen: ComfyGen;
}

/** The routes of a service, as its fake counts them. */
interface ServiceRoutes {
  submit: string;
  status: string;
  cancel: string;
}

export interface Service {
  name: 'comfy-api' | 'runpod';
  routes: ServiceRoutes;
  open(timeline?: CommonTimeline | ((number: number) => CommonTimeline)): Promise<ServiceBench>;
}

const COMFY_API: ServiceRoutes = {
  submit: 'POST /api/v2/jobs',
  status: 'GET /api/v2/jobs/:id',
  cancel: 'POST /api/v2/jobs/:id/cancel',
};
const RUNPOD: ServiceRoutes = {
  submit: 'POST /v2/:endpoint/run',
  status: 'GET /v2/:endpoint/status/:id',
  cancel: 'POST /v2/:endpoint/cancel/:id',
};

function assemble(
  executor: ExecutorV1,
  clock: TestClock,
  rest: Pick<ServiceBench, 'fake' | 'storage' | 'taken' | 'another'>,
): ServiceBench {
  const flows = [defineFlow({ id: 'fox', workflow: testGraph() })];
  const comfygen = createComfyGen({ flows, executor, clock });
  onTestFinished(() => comfygen.dispose());
  return { ...createTestDriver(executor, clock), executor, comfygen, ...rest };
}

/** Comfy API on a fake of its own. */
export async function openComfyApi(
  options: FakeComfyApiOptions = {},
  own: ComfyApiOptions = {},
): Promise<ServiceBench & { api: Awaited<ReturnType<typeof startFakeComfyApi>> }> {
  const clock = createTestClock();
  const fake = await startFakeComfyApi({ apiKey: SECRET, clock, ...options });
  onTestFinished(() => fake.close());
  const create = () => comfyApi({ baseUrl: fake.url, apiKey: SECRET, ...own });
  const rest = { fake, storage: fake.storage, taken: () => fake.jobs.size, another: create };
  return { ...assemble(create(), clock, rest), api: fake };
}

/** RunPod on a fake of its own. */
export async function openRunpod(
  options: FakeRunpodOptions = {},
  own: RunpodOptions = {},
): Promise<ServiceBench & { endpoint: Awaited<ReturnType<typeof startFakeRunpod>> }> {
  const clock = createTestClock();
  const fake = await startFakeRunpod({ apiKey: SECRET, clock, ...options });
  onTestFinished(() => fake.close());
  const create = () =>
    runpod({ baseUrl: fake.url, endpointId: fake.endpointId, apiKey: SECRET, ...own });
  const rest = { fake, storage: fake.storage, taken: () => fake.jobs.size, another: create };
  return { ...assemble(create(), clock, rest), endpoint: fake };
}

/** Both services; cases that hold for each run on each. */
export const SERVICES: Service[] = [
  {
    name: 'comfy-api',
    routes: COMFY_API,
    open: (timeline = {}) =>
      openComfyApi({
        timeline: (_, number) => (typeof timeline === 'function' ? timeline(number) : timeline),
      }),
  },
  {
    name: 'runpod',
    routes: RUNPOD,
    open: (timeline = {}) =>
      openRunpod({
        timeline: (number) => (typeof timeline === 'function' ? timeline(number) : timeline),
      }),
  },
];

/** The pictures that a graph makes on any of the fakes, by node. */
export async function picturesOf(workflow: Workflow) {
  const files = await paintJob(workflow, {
    clock: createTestClock(),
    info: coreCatalogue,
    timeline: {},
    signal: new AbortController().signal,
  });
  return files.map(({ nodeId, bytes }) => ({ nodeId, bytes: new Uint8Array(bytes) }));
}
