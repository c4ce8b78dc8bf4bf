// A fake ComfyUI in a process of its own, counting what its one client does.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { startFakeComfyui } from '../../packages/executors/src/testing/index.ts';
import { FAULTS } from './faults.ts';
import { FAILING_SEED, seedOf } from './graphs.ts';
import { type NodeFiles, namesOf } from './history.ts';
import type { ServedJob, ServerReport, ServerSetup } from './types.ts';

const setup = JSON.parse(process.argv[2] ?? '') as ServerSetup;
const fault = FAULTS.find(({ name }) => name === setup.fault);
const now = () => performance.timeOrigin + performance.now();

const sockets = new Set<Socket>();
const closed = { bytesIn: 0, bytesOut: 0 };
let opened = 0;
subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket };
  opened += 1;
  sockets.add(socket);
  socket.on('close', () => {
    sockets.delete(socket);
    closed.bytesIn += socket.bytesRead;
    closed.bytesOut += socket.bytesWritten;
  });
});

const started = new Map<string, number>();
let jobs: ServedJob[] = [];
let armed = false;
let begun = 0;
let diedAt: number | undefined;
const fake = await startFakeComfyui({
  timeline(graph, promptId) {
    started.set(promptId, now());
    begun += 1;
    if (begun - 1 === setup.diesAfter) setTimeout(die, (setup.steps * setup.stepMs) / 2);
    if (armed) {
      armed = false;
      fault?.during?.(fake).then(watchHistory);
    }
    // After the sampler's steps: whoever listens late has had time to.
    const fails = seedOf(graph) === FAILING_SEED ? { node: '8' } : undefined;
    const { stepMs, previewBytes } = setup;
    return { stepMs, previews: previewBytes > 0, previewBytes, fails };
  },
});

function die(): void {
  diedAt = now();
  void fake.kill();
}

/** Notes when an entry is written; a restarted server has another history. */
function watchHistory(): void {
  const { history } = fake.state;
  const write = Map.prototype.set.bind(history);
  history.set = (id, entry) => {
    write(id, entry);
    jobs.push({
      seed: seedOf(entry.prompt[2]),
      startedAt: started.get(id) ?? 0,
      endedAt: now(),
      ok: entry.status.completed,
      outputs: namesOf(entry.outputs as Record<string, NodeFiles>),
    });
    return history;
  };
}
watchHistory();
if (fault?.name === 'server dead at the start') await fake.kill();

const totals = () => {
  const sum = { ...closed, tcpSockets: opened, webSockets: fake.connections };
  for (const { bytesRead, bytesWritten } of sockets) {
    sum.bytesIn += bytesRead;
    sum.bytesOut += bytesWritten;
  }
  return sum;
};
let base = totals();

function report(): ServerReport {
  const { bytesIn, bytesOut, tcpSockets, webSockets } = totals();
  const routes: Record<string, number> = {};
  for (const { method, path } of fake.requests) {
    const steps = path.split('/').filter((step) => step !== 'api');
    const route = `${method} /${steps[1]}${steps.length > 2 ? '/:id' : ''}`;
    routes[route] = (routes[route] ?? 0) + 1;
  }
  return {
    calls: fake.requests.length,
    routes,
    bytesIn: bytesIn - base.bytesIn,
    bytesOut: bytesOut - base.bytesOut,
    // Those that are open already stay in use: all count.
    tcpSockets,
    webSockets,
    jobs,
    begun,
    diedAt,
  };
}

process.on('message', (ask: 'mark' | 'report') => {
  if (ask === 'mark') {
    base = totals();
    fake.requests.length = 0;
    jobs = [];
    begun = 0;
    armed = true;
    fault?.arm?.(fake);
    process.send?.('marked');
  }
  if (ask === 'report') process.send?.(report());
});
process.on('disconnect', () => process.exit());
process.send?.(fake.url);
