import type { Clock } from 'comfygen/plugin';
import type { NodeCatalogue } from 'comfygen/workflow';
import type { RunGraph } from './graph-run.ts';
import { failAsServer, isLethal } from './run-faults.ts';
import { type QueueItem, remaining, type ServerState } from './server-state.ts';
import type { SocketHub } from './socket-hub.ts';
import { tellJob } from './tell-job.ts';

/** The one thread that runs a server's jobs. */
export interface Worker {
  /** Takes the next job, unless one runs. */
  pump(): void;
  /** Sends all clients the number of jobs that are left. */
  tellStatus(): void;
  /** The thread dies with the next job that it takes; nothing runs after that. */
  wedge(): void;
  /** Stops at once, without an entry in the history: the server is gone. */
  kill(): void;
}

interface WorkerOptions {
  state: ServerState;
  hub: SocketHub;
  clock: Clock;
  info: NodeCatalogue;
  run: RunGraph;
}

/** A worker on a server's state. */
export function createWorker({ state, hub, clock, info, run }: WorkerOptions): Worker {
  let dead = false;
  let dying = false;

  const tellStatus = () => {
    const exec_info = { queue_remaining: remaining(state) };
    hub.send(undefined, { type: 'status', data: { status: { exec_info } } });
  };

  const take = async (item: QueueItem) => {
    const [, promptId, prompt, extraData, outputs] = item;
    const client = clientOf(extraData);
    const stop = new AbortController();
    state.running = item;
    state.node = undefined;
    state.interrupt = stop;
    tellStatus();
    const job = tellJob({ item, client, hub, clock, state, signal: stop.signal });
    job.begin();
    if (dying || isLethal(prompt, outputs, { info, cache: state.cache })) {
      dead = true;
      return;
    }
    const entry = await job.run(failAsServer(run, info));
    if (dead) return;
    state.history.set(promptId, entry);
    state.running = undefined;
    state.interrupt = undefined;
    tellStatus();
    if (client !== undefined)
      hub.send(client, { type: 'executing', data: { node: null, prompt_id: promptId } });
  };

  const worker: Worker = {
    tellStatus,
    pump() {
      if (dead || state.running || state.pending.length === 0) return;
      const first = state.pending.reduce((a, b) => (b[0] < a[0] ? b : a));
      state.pending.splice(state.pending.indexOf(first), 1);
      void take(first).then(() => worker.pump());
    },
    wedge() {
      dying = true;
    },
    kill() {
      dead = true;
      state.interrupt?.abort(new Error('killed'));
    },
  };
  return worker;
}

/** The client that a job's events go to. */
export function clientOf(extraData: Record<string, unknown>): string | undefined {
  const id = extraData['client_id'];
  return typeof id === 'string' ? id : undefined;
}
