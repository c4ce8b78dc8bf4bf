// A ComfyUI server that sends too much in every way, in a process of its own; measured is for how long this one, the
// host's, does nothing else.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createComfyGen } from '../packages/core/src/index.ts';
import { ComfygenError, createRandom } from '../packages/core/src/plugin.ts';
import { createTestFlow } from '../packages/core/src/testing/index.ts';
import { comfyui } from '../packages/executors/src/comfyui/index.ts';
import { type Findings, runCampaign, type Trials } from './campaign.ts';
import { FLOODS } from './floods/kinds.ts';

/** A server may hold the event loop no longer, in milliseconds. */
const LIMIT_MS = 200;
/** A run that has not settled by then counts as a fault, in milliseconds. */
const SETTLE_MS = 60_000;

/** Meets each kind of flood in turn; `size` scales them, 1 for what an attacker would send. */
export async function floods({ trials, seed }: Trials, size = 1): Promise<Findings> {
  const random = createRandom(seed);
  const server = fork(fileURLToPath(new URL('./floods/server.ts', import.meta.url)), {
    execArgv: ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'],
  });
  const [port] = (await once(server, 'message')) as [number];
  // What is loaded and compiled with the first run is not the server's doing.
  await meet(port, 0);
  const held: { [flood: string]: number } = {};
  const outcomes: { [outcome: string]: number } = {};
  let unsettled = 0;
  try {
    for (let trial = 0; trial < trials; trial += 1) {
      const flood = FLOODS[trial % FLOODS.length]!;
      const ready = once(server, 'message');
      server.send({ flood, size: size * (0.5 + random() / 2) });
      await ready;
      const { heldMs, outcome } = await meet(port, trial);
      held[flood] = Math.max(held[flood] ?? 0, Math.round(heldMs));
      outcomes[`${flood}: ${outcome}`] = (outcomes[`${flood}: ${outcome}`] ?? 0) + 1;
      if (outcome === 'unsettled' || outcome === 'untyped') unsettled += 1;
    }
  } finally {
    server.kill();
  }
  const longestMs = Math.max(...Object.values(held));
  const above = Object.values(held).filter((ms) => ms > LIMIT_MS).length;
  return { faults: above + unsettled, limitMs: LIMIT_MS, longestMs, heldMs: held, outcomes };
}

/** One run against the flooding server: how it ended, and the longest time in which nothing else could run. */
async function meet(port: number, seed: number): Promise<{ heldMs: number; outcome: string }> {
  const executor = comfyui({ url: `http://127.0.0.1:${port}` });
  const comfygen = createComfyGen({ flows: [createTestFlow('one')], executor, maxRetries: 0 });
  const watch = watchLoop();
  const signal = AbortSignal.timeout(SETTLE_MS);
  const outcome = await comfygen.generate('a red apple', { seed, signal }).then(
    ({ warnings }) => {
      const said = warnings.map(({ code }) => code).filter((code) => TOLD.includes(code));
      return ['picture', ...said].join(' + ');
    },
    (error: unknown) => {
      if (signal.aborted) return 'unsettled';
      return ComfygenError.is(error) ? error.code : 'untyped';
    },
  );
  await comfygen.dispose();
  await executor.dispose?.();
  return { heldMs: watch.end(), outcome };
}

/** Watches for how long timers can't run: by the clock, but no longer than this process worked, on a busy machine. */
function watchLoop(): { end(): number } {
  let longest = 0;
  let [at, work] = [performance.now(), process.cpuUsage()];
  const timer = setInterval(() => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(work);
    longest = Math.max(longest, Math.min(now - at - TICK_MS, (user + system) / 1_000));
    [at, work] = [now, process.cpuUsage()];
  }, TICK_MS);
  return {
    end() {
      clearInterval(timer);
      return longest;
    },
  };
}

const TICK_MS = 5;

/** What a run says of a flood. */
const TOLD = ['socket-flooded', 'files-left-out', 'inventory-unknown'];

await runCampaign(import.meta.url, 'floods', floods);
