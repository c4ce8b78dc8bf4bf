import { type Clock, systemClock } from 'comfygen/plugin';
import { createFakeService, type FakeRoute, type FakeService } from 'comfygen/testing';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { listModels } from '../comfyui/info-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import { type AssetStore, createAssetStore } from './asset-store.ts';
import { envelope } from './envelope.ts';
import { jobRoutes } from './job-routes.ts';
import { type ComfyApiTimeline, createJobTable, type JobTable } from './job-table.ts';

/** Options of `startFakeComfyApi`. */
export interface FakeComfyApiOptions {
  /** The bearer token that every request must have. Default: none is needed, as on a self-hosted server. */
  apiKey?: string | undefined;
  /** Node classes that the fake knows. Default: core's catalogue. */
  info?: NodeCatalogue | undefined;
  /** Model files by folder. Default: one checkpoint, `model.safetensors`. */
  models?: { [folder: string]: readonly string[] } | undefined;
  /** How each job goes; `number` counts jobs from 0. Default: at once, without failures. */
  timeline?: ((workflow: Workflow, number: number) => ComfyApiTimeline) | undefined;
  /** Whether it answers `GET /api/object_info` of the older API, with the same key in `X-API-Key`. Default false. */
  objectInfo?: boolean | undefined;
  /**
   * Whether content is on another host behind links that expire, as on Comfy Cloud. Default false: as self-hosted.
   */
  signedLinks?: boolean | undefined;
  /** How long a signed link lasts, in milliseconds. Default one hour. */
  urlLifetimeMs?: number | undefined;
  /** Whether links of jobs and assets leave out the host. Default true. */
  relativeLinks?: boolean | undefined;
  /** The path under which the API is mounted: `/deployment/dep-1`. Default: none. */
  basePath?: string | undefined;
  /** How long a job is kept, in milliseconds. Default 24 hours. */
  retentionMs?: number | undefined;
  /** How many jobs may be open at once; further ones are refused. Default 100. */
  maxQueue?: number | undefined;
  /** How many event streams may be open at once; with 0 they are answered with 501. Default 4. */
  maxStreams?: number | undefined;
  /** The clock that all times and pauses go by. Default: the machine's. */
  clock?: Clock | undefined;
  port?: number | undefined;
}

/**
 * A running fake of Comfy API v2 without models, on 127.0.0.1 in this process; follows the API's OpenAPI document.
 */
export interface FakeComfyApi
  extends Pick<FakeService, 'requests' | 'faults' | 'count' | 'stop' | 'start'> {
  /** The address to use as `baseUrl`, with the path under which the API is mounted. */
  readonly url: string;
  /** The host behind signed links; `requests` shows what it was asked for. */
  readonly storage: FakeService;
  readonly jobs: JobTable;
  readonly assets: AssetStore;
  close(): Promise<void>;
}

const MODELS = { checkpoints: ['model.safetensors'], loras: [], vae: [], embeddings: [] };

/** Starts a fake of Comfy API v2; `close` stops it. */
export async function startFakeComfyApi(options: FakeComfyApiOptions = {}): Promise<FakeComfyApi> {
  const { clock = systemClock, models = MODELS, apiKey, basePath = '' } = options;
  const { signedLinks = false, relativeLinks = true, urlLifetimeMs = 3_600_000 } = options;
  const info = listModels(options.info ?? coreCatalogue, models);
  const storage = await createFakeService({
    clock,
    routes: {
      'GET /blobs/:id': ({ params, query }) => {
        const asset = store.get(params['id']!);
        const late = clock.now() >= Number(query.get('X-Goog-Expires'));
        if (asset === undefined || late)
          return { status: asset ? 403 : 404, text: '<Error><Code>ExpiredToken</Code></Error>' };
        return { bytes: asset.bytes, headers: { 'content-type': asset.contentType } };
      },
    },
  });
  const prefix = () => (relativeLinks ? basePath : service.url + basePath);
  const store = createAssetStore({
    clock,
    urlLifetimeMs,
    prefix,
    storage: () => (signedLinks ? storage : undefined),
  });
  const table = createJobTable({
    clock,
    info,
    commit(job, { nodeId, name, type, contentType, bytes }) {
      const asset = store.add({ bytes, contentType, filePath: name, jobId: job.id });
      const { id, hash } = asset;
      const facts = { content_type: contentType, size_bytes: bytes.length, id, hash };
      const output = { node_id: nodeId, name, type, ...facts, job_id: job.id };
      // A fresh link at each look.
      return { ...output, toJSON: () => ({ ...output, ...store.link(asset) }) };
    },
  });
  const routes: Record<string, FakeRoute> = {
    ...(options.objectInfo && {
      'GET /api/object_info': ({ headers }) =>
        apiKey === undefined || headers['x-api-key'] === apiKey
          ? { json: info }
          : { status: 401, json: { code: 'UNAUTHORIZED', message: 'no key' } },
    }),
    ...assetRoutes({ store, redirects: signedLinks }),
    ...jobRoutes({
      table,
      store,
      clock,
      prefix,
      checks: { info, models, unknownClass: 'missing_node_type' },
      timeline: options.timeline ?? (() => ({})),
      retentionMs: options.retentionMs ?? 86_400_000,
      maxQueue: options.maxQueue ?? 100,
      maxStreams: options.maxStreams ?? 4,
    }),
  };
  const guarded = Object.entries(routes).map(([route, run]): [string, FakeRoute] => [
    route.replace(' ', ` ${basePath}`),
    (request) =>
      apiKey === undefined || request.headers['authorization'] === `Bearer ${apiKey}`
        ? run(request)
        : envelope(401, 'unauthorized', 'The API key is missing or invalid.'),
  ]);
  const { port } = options;
  const service = await createFakeService({ routes: Object.fromEntries(guarded), clock, port });
  return {
    url: service.url + basePath,
    requests: service.requests,
    faults: service.faults,
    count: (route) => service.count(route.replace(' ', ` ${basePath}`)),
    stop: service.stop,
    start: service.start,
    storage,
    jobs: table,
    assets: store,
    async close() {
      table.close();
      await service.close();
      await storage.close();
    },
  };
}
