import type { Clock } from 'comfygen/plugin';
import { systemClock } from 'comfygen/plugin';
import { createFakeService, type FakeRoute, type FakeService } from 'comfygen/testing';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { fileRoutes, readInputFile } from './file-routes.ts';
import type { RunGraph } from './graph-run.ts';
import { featuresOf, infoRoutes, listModels } from './info-routes.ts';
import { jobsRoutes } from './jobs-routes.ts';
import { createPainter, type FakeTimeline } from './paint-graph.ts';
import { postPrompt } from './prompt-route.ts';
import { queueRoutes } from './queue-routes.ts';
import { createState, remaining, type ServerState } from './server-state.ts';
import { createSocketHub } from './socket-hub.ts';
import { clientOf, createWorker, type Worker } from './worker.ts';

/** Options of `startFakeComfyui`. */
export interface FakeComfyuiOptions {
  /** Node classes that the server knows, as `GET /object_info` gives them. Default: core's catalogue. */
  info?: NodeCatalogue | undefined;
  /** Model files by folder. Default: one checkpoint, `model.safetensors`. */
  models?: { [folder: string]: readonly string[] } | undefined;
  /** Runs graphs. Default: a painter whose pictures depend on the graph. */
  run?: RunGraph | undefined;
  /** Which graphs `run` takes; the painter has the others. Default: all. */
  runs?: ((workflow: Workflow) => boolean) | undefined;
  /** How each job goes where the default painter runs it. Default: at once, without failures. */
  timeline?: ((workflow: Workflow, promptId: string) => FakeTimeline) | undefined;
  /** The version that the server claims, and whose calls it offers: 0.3.64 has no `/api/jobs`. Default `0.33.0`. */
  version?: string | undefined;
  /** The clock that all times and pauses go by. Default: the machine's. */
  clock?: Clock | undefined;
  port?: number | undefined;
  host?: string | undefined;
  /** A path in front of all routes: `/behind/proxy`. Default: none. */
  basePath?: string | undefined;
  /** Called before each route; its reply, if any, is sent instead of the route's. For keys that must be there. */
  guard?: FakeRoute | undefined;
}

/** A ComfyUI server without models, on 127.0.0.1 in this process; written from its contract and recordings. */
export interface FakeComfyui
  extends Pick<FakeService, 'url' | 'requests' | 'faults' | 'count' | 'start' | 'stop'> {
  /** The server's queue, history, files and cache; a restart replaces the object. */
  readonly state: ServerState;
  /** How many sockets are open. */
  readonly sockets: number;
  /** How many sockets have been opened so far. */
  readonly connections: number;
  /** Breaks all sockets; the server goes on. */
  drop(): void;
  /** Refuses new sockets, as a proxy without WebSocket does, until called with `false`. */
  refuseSockets(refuse: boolean): void;
  /** Open sockets stay open but receive nothing any more: upstream's bug 16010. */
  deafen(): void;
  /** The worker dies with the next job that it takes, so nothing runs any more; HTTP still answers. */
  wedge(): void;
  /**
   * Stops the server as a crash does: connections break, new ones are refused, queue and history are lost. `start`
   * brings it back.
   */
  kill(): Promise<void>;
  /** Stops the server as a crash does and starts it again on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const MODELS = { checkpoints: ['model.safetensors'], loras: [], vae: [], embeddings: [] };

/** Starts a fake ComfyUI server; `close` stops it. */
export async function startFakeComfyui(options: FakeComfyuiOptions = {}): Promise<FakeComfyui> {
  const { clock = systemClock, version = '0.33.0', models = MODELS, guard } = options;
  const { basePath = '', timeline = () => ({}), port, host } = options;
  const info = listModels(options.info ?? coreCatalogue, models);
  const at = versionNumber(version);
  let state = createState();
  let worker: Worker;
  let refuse = false;
  let connections = 0;

  const features = featuresOf(at);
  const hub = createSocketHub((sid) => {
    const exec_info = { queue_remaining: remaining(state) };
    const status = { type: 'status', data: { status: { exec_info }, sid } };
    const { running, node } = state;
    const mine = running && node !== undefined && clientOf(running[3]) === sid;
    // The catch-up has no prompt_id.
    return mine ? [status, { type: 'executing', data: { node } }] : [status];
  }, features);
  const paint = createPainter({
    clock,
    cache: () => state.cache,
    timeline,
    isOutput: (classType) => info[classType]?.output_node === true,
  });
  const { run: given = paint, runs = () => true } = options;
  const run: RunGraph = (job) => (runs(job.workflow) ? given(job) : paint(job));
  const boot = () => {
    worker = createWorker({ state, hub, clock, info, run });
  };
  boot();

  const current = { state: () => state, worker: () => worker };
  const checks = () => ({
    info,
    hasInput: (name: string) => readInputFile(state, name) !== undefined,
    unknownClass: at < 4_000 ? ('invalid_prompt' as const) : ('missing_node_type' as const),
  });
  const prompt = { ...current, now: () => clock.now(), checks, strictIds: at >= 24_001 };
  const shared: Record<string, FakeRoute> = {
    'POST /prompt': (request) => postPrompt(request, prompt),
    ...queueRoutes(current),
    ...fileRoutes(() => state),
    ...infoRoutes({ info, models, version, features }),
  };
  const routes: Record<string, FakeRoute> = {
    ...shared,
    ...prefixed('/api', shared),
    ...(at > 5_001 ? jobsRoutes({ ...current, cancel: at > 25_000 }) : {}),
  };
  const service = await createFakeService({
    routes: prefixed(basePath, guard ? guarded(routes, guard) : routes),
    clock,
    flush: hub.flush,
    port,
    host,
  });
  service.server.on('upgrade', (request, socket, head) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const known = [`${basePath}/ws`, `${basePath}/api/ws`].includes(pathname);
    if (refuse || !known)
      return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    connections += 1;
    hub.accept(request, socket, head);
  });

  const kill = async () => {
    worker.kill();
    // What is on disk stays, temp files are wiped.
    const kept = [...state.files].filter(([key]) => !key.startsWith('temp/'));
    state = createState(new Map(kept));
    boot();
    await service.stop();
  };
  return {
    url: service.url + basePath,
    requests: service.requests,
    faults: service.faults,
    count: (route) => service.count(route.replace(' ', ` ${basePath}`)),
    start: service.start,
    stop: service.stop,
    get state() {
      return state;
    },
    get sockets() {
      return hub.size;
    },
    get connections() {
      return connections;
    },
    drop: hub.drop,
    refuseSockets(value) {
      refuse = value;
    },
    deafen: hub.deafen,
    wedge: () => worker.wedge(),
    kill,
    async restart() {
      await kill();
      await service.start();
    },
    async close() {
      worker.kill();
      await hub.close();
      await service.close();
    },
  };
}

function prefixed(prefix: string, routes: Record<string, FakeRoute>): Record<string, FakeRoute> {
  const entries = Object.entries(routes);
  return Object.fromEntries(entries.map(([key, run]) => [key.replace(' ', ` ${prefix}`), run]));
}

function guarded(routes: Record<string, FakeRoute>, guard: FakeRoute): Record<string, FakeRoute> {
  const entries = Object.entries(routes).map(([key, run]): [string, FakeRoute] => [
    key,
    async (request) => {
      const refusal = await guard(request);
      return refusal.status === undefined ? run(request) : refusal;
    },
  ]);
  return Object.fromEntries(entries);
}

/** 0.3.64 as 3064, 0.33.0 as 33000: versions of the server can be compared. */
function versionNumber(version: string): number {
  const [, minor = 0, patch = 0] = version.split('.').map(Number);
  return minor * 1_000 + patch;
}
