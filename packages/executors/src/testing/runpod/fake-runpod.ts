import { type Clock, systemClock } from 'comfygen/plugin';
import {
  createFakeService,
  type FakeRequest,
  type FakeRoute,
  type FakeService,
} from 'comfygen/testing';
import type { NodeCatalogue } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { listModels } from '../comfyui/info-routes.ts';
import type { PaintedFile } from '../paint-job.ts';
import { handleJob } from './comfy-worker.ts';
import {
  createRunpodJobs,
  type Policy,
  type RunpodJobs,
  type RunpodTimeline,
  statusJson,
} from './job-table.ts';

/** Options of `startFakeRunpod`. */
export interface FakeRunpodOptions {
  /** The bearer token that every request must have. Default: none is needed. */
  apiKey?: string | undefined;
  /** The endpoint's id. Default `abc123`. */
  endpointId?: string | undefined;
  /** Node classes that the worker knows. Default: core's catalogue. */
  info?: NodeCatalogue | undefined;
  /** Model files by folder. Default: one checkpoint, `model.safetensors`. */
  models?: { [folder: string]: readonly string[] } | undefined;
  /** How each job goes; `number` counts jobs from 0. Default: at once, without failures. */
  timeline?: ((number: number) => RunpodTimeline) | undefined;
  /** Whether pictures are put into a bucket on another host. Default false: they come in base64. */
  bucket?: boolean | undefined;
  /** How long the bucket's links last, in milliseconds. Default one hour. */
  urlLifetimeMs?: number | undefined;
  /** How long a result is kept, in milliseconds. Default half an hour. */
  resultKeptMs?: number | undefined;
  /** The largest output, in bytes; of a larger one the job is COMPLETED without output. Default 20 MB. */
  maxResultBytes?: number | undefined;
  /** The clock that all times and pauses go by. Default: the machine's. */
  clock?: Clock | undefined;
  port?: number | undefined;
}

/**
 * An endpoint of RunPod with worker-comfyui, on 127.0.0.1 in this process; written from the documents and sources of
 * both.
 */
export interface FakeRunpod
  extends Pick<FakeService, 'requests' | 'faults' | 'count' | 'stop' | 'start'> {
  /** The address to use as `baseUrl`; the endpoint's id comes after it. */
  readonly url: string;
  readonly endpointId: string;
  /** The bucket's host; `requests` shows what it was asked for. */
  readonly storage: FakeService;
  readonly jobs: RunpodJobs;
  close(): Promise<void>;
}

const MODELS = { checkpoints: ['model.safetensors'], loras: [], vae: [], embeddings: [] };
const MAX_RUN_BYTES = 10 * 1024 * 1024;

interface RunBody {
  input?: Record<string, unknown>;
  policy?: Policy;
}

/** Starts a fake RunPod endpoint; `close` stops it. */
export async function startFakeRunpod(options: FakeRunpodOptions = {}): Promise<FakeRunpod> {
  const { clock = systemClock, models = MODELS, apiKey, endpointId = 'abc123' } = options;
  const { urlLifetimeMs = 3_600_000, timeline = () => ({}), port } = options;
  const info = listModels(options.info ?? coreCatalogue, models);
  const stored = new Map<string, { bytes: Uint8Array; until: number }>();
  const storage = await createFakeService({
    clock,
    routes: {
      'GET /bucket/:name': ({ params }) => {
        const file = stored.get(params['name']!);
        if (file === undefined) return { status: 404 };
        if (clock.now() >= file.until)
          return { status: 403, text: '<Error><Code>AccessDenied</Code></Error>' };
        return { bytes: file.bytes, headers: { 'content-type': 'image/png' } };
      },
    },
  });
  const put = ({ bytes }: PaintedFile) => {
    const name = `${crypto.randomUUID()}.png`;
    stored.set(name, { bytes, until: clock.now() + urlLifetimeMs });
    return `${storage.url}/bucket/${name}?X-Amz-Expires=3600&X-Amz-Signature=0123456789abcdef`;
  };
  const jobs = createRunpodJobs({
    clock,
    resultKeptMs: options.resultKeptMs ?? 30 * 60_000,
    maxResultBytes: options.maxResultBytes ?? 20_000_000,
  });

  const run = (request: FakeRequest) => {
    if (request.body.length > MAX_RUN_BYTES)
      return { status: 413, json: { error: 'request too large' } };
    const { input, policy = {} } = request.json() as RunBody;
    const own = timeline(jobs.size);
    const job = jobs.add(own, policy, (signal) =>
      handleJob(input, {
        clock,
        info,
        models,
        timeline: own,
        signal,
        bucket: options.bucket ? put : undefined,
      }),
    );
    return { json: { id: job.id, status: 'IN_QUEUE' } };
  };
  const gone = { status: 404, json: { error: 'job not found' } };
  const routes: Record<string, FakeRoute> = {
    'POST /:endpoint/run': run,
    'GET /:endpoint/status/:id': ({ params }) => {
      const job = jobs.get(params['id']!);
      return job ? { json: statusJson(job) } : gone;
    },
    'POST /:endpoint/cancel/:id': ({ params }) => {
      const job = jobs.get(params['id']!);
      if (job === undefined) return gone;
      jobs.cancel(job);
      return { json: { id: job.id, status: job.status } };
    },
    'GET /:endpoint/health': () => ({ json: { jobs: {}, workers: { idle: 1, running: 0 } } }),
  };
  const guarded = Object.entries(routes).map(([route, answer]): [string, FakeRoute] => [
    route.replace(' ', ' /v2'),
    (request) => {
      if (apiKey !== undefined && request.headers['authorization'] !== `Bearer ${apiKey}`)
        return { status: 401, text: '' };
      return request.params['endpoint'] === endpointId
        ? answer(request)
        : { status: 404, text: '' };
    },
  ]);
  const service = await createFakeService({ routes: Object.fromEntries(guarded), clock, port });
  return {
    url: `${service.url}/v2`,
    endpointId,
    requests: service.requests,
    faults: service.faults,
    count: service.count,
    stop: service.stop,
    start: service.start,
    storage,
    jobs,
    async close() {
      jobs.close();
      await service.close();
      await storage.close();
    },
  };
}
