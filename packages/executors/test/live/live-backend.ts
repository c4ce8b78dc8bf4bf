import { createHttpBackend, type ExecutorScenario, type HttpFault } from 'comfygen/testing';
import { COMFYUI_CANNOT, type ComfyuiBackend } from '../backends/comfyui-backend.ts';
import { createPacedClock } from './paced-clock.ts';
import { realServer } from './real-server.ts';
import { liveGraph, type NodeTimes, shortNodes, timedGraphs } from './server-graphs.ts';
import { type ServerProxy, startServerProxy } from './server-proxy.ts';

/** How much faster than the machine's the cases' time goes: a minute takes twelve seconds. */
const PACE = 5;
const KEY = { name: 'x-api-key', value: 'planted-secret-1234' };

/** What can't come up on a real server that nobody may harm. */
export const LIVE_CANNOT = {
  ...COMFYUI_CANNOT,
  'odd-output': 'a server tells its files in a list',
  'unsafe-names': 'a server makes no such names',
  'host-fault': 'a machine runs out of memory only by really doing so',
} as const;

/** How long nodes take on a server: nobody else should have jobs there. */
export async function timeNodes(url: string): Promise<NodeTimes> {
  const server = realServer(url);
  // The first jobs of a server are its slowest.
  for (const graph of Object.values(timedGraphs())) await server.ended(await server.start(graph));
  const { noises, blurs } = timedGraphs();
  const timed = async (graph: typeof noises, count: number) =>
    Math.max(1, (await server.ended(await server.start(graph))) / count);
  return { noiseMs: await timed(noises, 11), blurMs: await timed(blurs, 2) };
}

/** A real server that plays a scenario, behind a proxy that shows its traffic and makes requests go wrong. */
export async function liveBackend(
  scenario: ExecutorScenario,
  url: string,
  times: NodeTimes,
): Promise<ComfyuiBackend | undefined> {
  const graph = liveGraph(scenario, times);
  if (!graph) return undefined;
  const server = realServer(url);
  const clock = createPacedClock(PACE);
  // A job waits there only while another one is at work.
  const isWaiting = scenario === 'takes-time';
  const stranger = isWaiting ? await server.start(shortNodes(times)) : undefined;
  const makeRoom = async () => {
    if (!stranger) return;
    // Sooner than the scenario has it: the server takes its time to stop a job and to begin the next.
    await clock.sleep(1_500);
    await server.stop(stranger);
  };
  let leaving: Promise<void> | undefined;
  const proxy = await startServerProxy({
    ...{ server: url, clock, key: KEY },
    onJob() {
      leaving ??= makeRoom();
    },
  });
  const credentials = { [KEY.name]: KEY.value };
  const http = createHttpBackend({
    credentials,
    servers: [
      {
        service: proxy,
        routes: {
          submit: 'POST /api/prompt',
          inspect: ['GET /api/history/:id', 'GET /api/queue', 'GET /api/jobs/:id'],
          cancel: ['POST /api/jobs/:id/cancel', 'POST /api/queue', 'POST /api/interrupt'],
          download: 'GET /api/view',
        },
      },
    ],
    accepted: () => proxy.accepted.length,
  });
  return {
    ...graph,
    ...{ clock, headers: credentials, secrets: [KEY.value], url: proxy.url },
    filesOf: server.filesOf,
    http: {
      ...http,
      operations: [...http.operations, 'watch'],
      meetAlways(operation, fault) {
        http.meetAlways(operation, fault);
        if (operation === 'watch') proxy.sockets = socketsAt(fault);
      },
    },
    async close() {
      await leaving?.catch(() => {});
      for (const id of stranger ? [...proxy.accepted, stranger] : proxy.accepted)
        await server.forget(id);
      await proxy.close();
    },
  };
}

/** What a fault of events is to the sockets that they come on. */
function socketsAt(fault: HttpFault | undefined): ServerProxy['sockets'] {
  if (fault === undefined) return 'pass';
  if (fault.kind === 'silence') return 'deafen';
  return fault.kind === 'truncated' ? 'drop' : 'refuse';
}
