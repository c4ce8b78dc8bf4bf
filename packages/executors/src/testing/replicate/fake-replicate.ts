import { createHmac } from 'node:crypto';
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
  createPredictionTable,
  type FakePrediction,
  type FakeReplicateTimeline,
} from './prediction-table.ts';

/** Options of `startFakeReplicate`. */
export interface FakeReplicateOptions {
  /** The token that requests must have. Default: any token is accepted. */
  token?: string | undefined;
  /** The clock that all times and pauses go by. Default: the machine's. */
  clock?: Clock | undefined;
  /** Node classes of the model. Default: core's catalogue. */
  info?: NodeCatalogue | undefined;
  /** The model's weights by group. Default: one checkpoint, `model.safetensors`. */
  weights?: { readonly [group: string]: readonly string[] } | undefined;
  /** How each prediction goes. Default: at once, without failures. */
  timeline?: ((input: FakePrediction['input'], id: string) => FakeReplicateTimeline) | undefined;
}

/** A running fake Replicate with one model, on 127.0.0.1 in this process; follows the service's contract. */
export interface FakeReplicate
  extends Pick<FakeService, 'requests' | 'faults' | 'count' | 'start' | 'stop'> {
  /** The API's base, `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  /** The model's newest version, 64 hex digits. */
  readonly version: string;
  /** The key that signs webhook calls, `whsec_…`. */
  readonly secret: string;
  /** The host of output files, which needs no token; `requests` shows what it was asked for. */
  readonly delivery: FakeService;
  /** The JSON of a prediction as the API gives it now; `undefined` for an unknown id. */
  prediction(id: string): FakePrediction | undefined;
  /** The call that the service would make about a prediction now, signed. */
  webhookCall(id: string): { headers: Record<string, string>; body: string };
  close(): Promise<void>;
}

const VERSION = 'c0ffee'.repeat(10).concat('beef');
const SECRET = `whsec_${Buffer.from('a key that signs the calls').toString('base64')}`;
const MODEL = 'comfyui/any-comfyui-workflow';
const INPUTS = [
  'workflow_json',
  'input_file',
  'return_temp_files',
  'output_format',
  'output_quality',
  'randomise_seeds',
  'force_reset_cache',
];

/** Starts a fake Replicate; `close` stops it. */
export async function startFakeReplicate(
  options: FakeReplicateOptions = {},
): Promise<FakeReplicate> {
  const { token, clock = systemClock, info = coreCatalogue, timeline = () => ({}) } = options;
  const { weights = { CHECKPOINTS: ['model.safetensors'] } } = options;
  const files = new Map<string, Uint8Array>();
  const delivery = await createFakeService({
    clock,
    routes: {
      'GET /xezq/:id/:name': ({ params }) => {
        const gone = predictions.show(params['id']!)?.data_removed !== false;
        const bytes = gone ? undefined : files.get(`${params['id']}/${params['name']}`);
        if (bytes === undefined) return { status: 404, text: 'Not Found' };
        return { bytes, headers: { 'content-type': 'image/png' } };
      },
    },
  });
  let api: FakeService;
  const predictions = createPredictionTable({
    ...{ clock, info, weights, timeline },
    apiUrl: () => `${api.url}/v1`,
    deliver(id, name, bytes) {
      files.set(`${id}/${name}`, bytes);
      return `${delivery.url}/xezq/${id}/${encodeURIComponent(name)}`;
    },
  });
  const create = (request: FakeRequest, version: string): FakeReply => {
    const { input } = request.json() as { input: FakePrediction['input'] };
    const unknown = Object.keys(input ?? {}).filter((name) => !INPUTS.includes(name));
    if (input === undefined || unknown.length > 0) return invalidInput(unknown);
    const after = /^(\d+)([sm])$/.exec(request.headers['cancel-after'] ?? '');
    const cancelAfterMs = after
      ? Number(after[1]) * (after[2] === 'm' ? 60_000 : 1_000)
      : undefined;
    return {
      status: 201,
      json: predictions.create({ model: MODEL, version, input }, cancelAfterMs),
    };
  };
  const one = (made: FakePrediction | undefined): FakeReply =>
    made ? { json: made } : problem(404, 'Not found', 'The requested resource could not be found.');
  const uploads = new Map<string, object>();
  const routes: Record<string, FakeRoute> = {
    'POST /v1/predictions': (request) => {
      const { version, model } = request.json() as { version?: unknown; model?: unknown };
      const hex = /^(?:[\w.-]+\/[\w.-]+:)?([0-9a-f]{64})$/.exec(String(version))?.[1];
      if (model !== undefined) return problem(422, 'Invalid input', 'model is not allowed here');
      return hex === VERSION ? create(request, VERSION) : noVersion();
    },
    'POST /v1/models/:owner/:name/predictions': () =>
      problem(404, 'Not found', 'The requested resource could not be found.'),
    'POST /v1/deployments/:owner/:name/predictions': (request) => create(request, 'hidden'),
    'GET /v1/models/:owner/:name': ({ params }) =>
      `${params['owner']}/${params['name']}` === MODEL
        ? {
            json: {
              owner: 'comfyui',
              name: 'any-comfyui-workflow',
              latest_version: { id: VERSION },
            },
          }
        : problem(404, 'Not found', 'The requested resource could not be found.'),
    'GET /v1/predictions/:id': ({ params }) => one(predictions.show(params['id']!)),
    'GET /v1/predictions': () => ({
      json: {
        next: null,
        previous: null,
        results: [...predictions.table.values()].map((p) => p.made),
      },
    }),
    'POST /v1/predictions/:id/cancel': async ({ params }) =>
      one(await predictions.cancel(params['id']!)),
    'POST /v1/files': (request) => {
      const id = `file-${uploads.size}`;
      const urls = { get: `${api.url}/v1/files/${id}` };
      const type = /content-type: (image\/\w+)/i.exec(request.body.toString('latin1'))?.[1];
      const file = { id, content_type: type, size: request.body.length, metadata: {}, urls };
      uploads.set(id, file);
      return { status: 201, json: file };
    },
    'GET /v1/webhooks/default/secret': () => ({ json: { key: SECRET } }),
  };
  api = await createFakeService({ clock, routes: token ? guarded(routes, token) : routes });

  let calls = 0;
  return {
    url: `${api.url}/v1`,
    version: VERSION,
    secret: SECRET,
    delivery,
    requests: api.requests,
    faults: api.faults,
    count: api.count,
    start: api.start,
    stop: api.stop,
    prediction: predictions.show,
    webhookCall(id) {
      calls += 1;
      const body = JSON.stringify(predictions.show(id));
      const [name, time] = [`msg_${calls}`, String(Math.floor(clock.now() / 1_000))];
      const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
      const hash = createHmac('sha256', key).update(`${name}.${time}.${body}`).digest('base64');
      const headers = {
        'webhook-id': name,
        'webhook-timestamp': time,
        'webhook-signature': `v1,${hash}`,
      };
      return { headers, body };
    },
    async close() {
      predictions.close();
      await api.close();
      await delivery.close();
    },
  };
}

function problem(status: number, title: string, detail: string): FakeReply {
  return { status, json: { title, detail, status } };
}

function noVersion(): FakeReply {
  const detail =
    "The specified version does not exist (or perhaps you don't have permission to use it?)";
  return problem(422, 'Invalid version or not permitted', detail);
}

function invalidInput(unknown: readonly string[]): FakeReply {
  const field = `input.${unknown[0] ?? ''}`;
  const description = `Additional property ${unknown[0]} is not allowed`;
  const invalid_fields = [{ type: 'additional_property_not_allowed', field, description }];
  const detail = `- ${field}: ${description}`;
  return {
    status: 422,
    json: { title: 'Input validation failed', detail, status: 422, invalid_fields },
  };
}

function guarded(routes: Record<string, FakeRoute>, token: string): Record<string, FakeRoute> {
  const entries = Object.entries(routes).map(([key, run]): [string, FakeRoute] => [
    key,
    (request) =>
      request.headers['authorization'] === `Bearer ${token}`
        ? run(request)
        : problem(401, 'Unauthenticated', 'You did not pass a valid authentication token'),
  ]);
  return Object.fromEntries(entries);
}
