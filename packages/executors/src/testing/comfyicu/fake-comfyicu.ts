import { type Clock, systemClock } from 'comfygen/plugin';
import {
  createFakeService,
  type FakeReply,
  type FakeRequest,
  type FakeRoute,
  type FakeService,
} from 'comfygen/testing';
import type { NodeCatalogue } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import {
  createRunTable,
  type FakeComfyicuTimeline,
  type FakeRun,
  type RunBody,
} from './run-table.ts';

/** Options of `startFakeComfyicu`. */
export interface FakeComfyicuOptions {
  /** The key that requests must have. Default: any key is accepted. */
  apiKey?: string | undefined;
  /** The clock that all times and pauses go by. Default: the machine's. */
  clock?: Clock | undefined;
  /** Node classes of the workers. Default: core's catalogue. */
  info?: NodeCatalogue | undefined;
  /** Model files of the workers. Default: one checkpoint, `model.safetensors`. */
  models?: { readonly [folder: string]: readonly string[] } | undefined;
  /** How each run goes. Default: at once, without failures. */
  timeline?: ((body: RunBody) => FakeComfyicuTimeline) | undefined;
}

/** A running fake ComfyICU, on 127.0.0.1 in this process; follows the service's contract. */
export interface FakeComfyicu
  extends Pick<FakeService, 'requests' | 'faults' | 'count' | 'start' | 'stop'> {
  /** The API's base, `http://127.0.0.1:<port>/api/v1`. */
  readonly url: string;
  /** The id of the one workflow that exists, for `workflowId`. */
  readonly workflowId: string;
  /** The host of input and output files, which needs no key; `requests` shows what it was asked for. */
  readonly storage: FakeService;
  /** The JSON of a run as the API gives it now; `undefined` for an unknown id. */
  run(id: string): FakeRun | undefined;
  close(): Promise<void>;
}

const WORKFLOW = 'V1StGXR8_Z5jdHi6B-myT';
const LISTED = 300;

/** Starts a fake ComfyICU; `close` stops it. */
export async function startFakeComfyicu(options: FakeComfyicuOptions = {}): Promise<FakeComfyicu> {
  const { apiKey, clock = systemClock, info = coreCatalogue, timeline = () => ({}) } = options;
  const { models = { checkpoints: ['model.safetensors'] } } = options;
  const files = new Map<string, { bytes: Uint8Array; from: number }>();
  const storage = await createFakeService({
    clock,
    routes: {
      'GET /workflows/:workflow/output/:run/:name': ({ path }) => {
        const file = files.get(decodeURIComponent(path));
        if (file === undefined || clock.now() < file.from)
          return { status: 404, text: 'Not Found' };
        const headers = { 'content-type': 'image/png', 'access-control-allow-origin': '*' };
        return { bytes: file.bytes, headers };
      },
    },
  });
  const runs = createRunTable({
    ...{ clock, info, models, timeline },
    deliver(path, bytes, from) {
      files.set(path, { bytes, from });
      return { url: storage.url + path, thumbnail_url: `${storage.url}/thumbnail${path}` };
    },
  });
  const missing = { status: 404, json: { status: 'error', message: 'Not found' } };
  const inWorkflow =
    (run: (request: FakeRequest) => FakeReply): FakeRoute =>
    (request) =>
      request.params['workflow'] === WORKFLOW ? run(request) : missing;
  const base = '/api/v1/workflows';
  const routes: Record<string, FakeRoute> = {
    [`POST ${base}/:workflow/runs`]: inWorkflow((request) => {
      const body = request.json() as RunBody;
      if (typeof body.prompt !== 'object' || body.prompt === null)
        return { status: 400, json: { status: 'error', message: 'prompt is required' } };
      return { json: { id: runs.create(WORKFLOW, body).id } };
    }),
    [`GET ${base}/:workflow/runs`]: inWorkflow(() => ({
      json: [...runs.table.values()].reverse().slice(0, LISTED),
    })),
    [`GET ${base}/:workflow/runs/:run`]: inWorkflow(({ params }) => {
      const run = runs.table.get(params['run']!);
      return run ? { json: run } : missing;
    }),
    [`GET ${base}/:workflow`]: inWorkflow(() => ({ json: { id: WORKFLOW, name: 'placeholder' } })),
    [`GET ${base}`]: () => ({ json: [{ id: WORKFLOW, name: 'placeholder' }] }),
  };
  const api = await createFakeService({ clock, routes: apiKey ? guarded(routes, apiKey) : routes });
  return {
    url: `${api.url}/api/v1`,
    workflowId: WORKFLOW,
    storage,
    requests: api.requests,
    faults: api.faults,
    count: api.count,
    start: api.start,
    stop: api.stop,
    run: (id) => runs.table.get(id),
    async close() {
      runs.close();
      await api.close();
      await storage.close();
    },
  };
}

function guarded(routes: Record<string, FakeRoute>, apiKey: string): Record<string, FakeRoute> {
  const entries = Object.entries(routes).map(([key, run]): [string, FakeRoute] => [
    key,
    (request) =>
      request.headers['authorization'] === `Bearer ${apiKey}`
        ? run(request)
        : { status: 401, text: 'Unauthorized' },
  ]);
  return Object.fromEntries(entries);
}
