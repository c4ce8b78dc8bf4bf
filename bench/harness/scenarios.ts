import { FAULTS } from './faults.ts';
import { summariseFault, summariseLoad, summarisePool } from './summarise.ts';
import type { Load, Run, ServerSetup } from './types.ts';

/** One setting of a scenario: servers, load, and what to keep of a run. */
interface Setting {
  name: string;
  servers: ServerSetup[];
  load: Load;
  summarise(run: Run): Record<string, unknown>;
}

/** A scenario of the benchmark. */
export interface Scenario {
  settings: Setting[];
  /** In place of the usual clients. */
  clients?: string[];
  /** Clients beside the usual ones. */
  extra?: string[];
}

const HANG_MS = 25_000;
const LOAD: Load = {
  jobs: 1,
  inFlight: 1,
  hangMs: HANG_MS,
  budgetMs: HANG_MS,
  steps: 4,
  warmUp: 10,
  shape: 'text',
  idleMs: 0,
};

function loaded(name: string, server: ServerSetup, load: Partial<Load>): Setting {
  const { steps } = server;
  return {
    name,
    servers: [server],
    load: { ...LOAD, ...load, steps },
    summarise: summariseLoad,
  };
}

const server = (stepMs: number, steps = 4): ServerSetup => ({ steps, stepMs, previewBytes: 0 });

/** The clients of every scenario; the floor first. */
export const CLIENTS = [
  'raw',
  'ours-executor',
  'ours-generate',
  'saintno-wrapper',
  'saintno-pool',
  'stable-canvas-invoke',
  'stable-canvas-enqueue',
  'stable-canvas-polling',
  'comfy-ui-client',
];

export const SCENARIOS: Record<string, Scenario> = {
  P1: {
    settings: [
      loaded('0 ms', server(0), { jobs: 100, budgetMs: 12_000 }),
      loaded('20 ms', server(5), { jobs: 100, budgetMs: 12_000 }),
      loaded('1000 ms', server(250), { jobs: 10, budgetMs: 12_000, warmUp: 2 }),
    ],
    extra: ['stable-canvas-polling-tuned'],
  },
  // Throughput, traffic and processor time are counts of the same runs: P2, P3 and P5.
  P2: {
    settings: [10, 50, 100, 300].map((jobs) =>
      loaded(`${jobs}`, server(5), { jobs, inFlight: jobs }),
    ),
    extra: ['stable-canvas-polling-tuned'],
  },
  P4: {
    settings: [
      loaded(
        '2000 jobs',
        { steps: 2, stepMs: 10, previewBytes: 200_000 },
        { jobs: 2_000, inFlight: 20, budgetMs: 40_000, idleMs: 3_000 },
      ),
    ],
  },
  P6: {
    settings: [
      {
        name: '200 jobs',
        // Three equal ones, of which one dies about half-way, and one that is five times slower.
        servers: [server(50), { ...server(50), diesAfter: 31 }, server(50), server(250)],
        load: { ...LOAD, jobs: 200, inFlight: 200, hangMs: 90_000, budgetMs: 90_000 },
        summarise: summarisePool,
      },
    ],
    clients: ['ours-pool', 'ours-pool-tuned', 'saintno-pool'],
  },
  P7: {
    settings: FAULTS.map((fault) => {
      const setup = { ...server(25), ...fault.server, fault: fault.name };
      return {
        name: fault.name,
        servers: [setup],
        load: { ...LOAD, warmUp: 1, ...fault.load, steps: setup.steps },
        summarise: (run: Run) => summariseFault(run, fault),
      };
    }),
    extra: ['saintno-wrapper-tuned', 'stable-canvas-polling-tuned'],
  },
};
