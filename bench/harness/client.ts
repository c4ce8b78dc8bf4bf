// One client and its load in a process of their own.
import { openSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAILING_SEED, FIRST_SEED, jobOf, NEIGHBOUR_SEED } from './graphs.ts';
import type { Client, ClientReport, Job, Load, Open, Outcome, Shape } from './types.ts';

const { adapter, urls, load, crashFile } = JSON.parse(process.argv[2] ?? '') as {
  adapter: string;
  urls: string[];
  load: Load;
  crashFile: string;
};
const MB = 2 ** 20;
const now = () => performance.timeOrigin + performance.now();
const rss = () => process.memoryUsage().rss / MB;
const outcomes: Outcome[] = [];
let client: Client | undefined;

// Opened now: a client that dies may have used up all file handles.
const crash = openSync(crashFile, 'w');
// Watches only: what ends a process by default must end this one.
process.on('uncaughtExceptionMonitor', (error) => {
  writeFileSync(crash, JSON.stringify({ death: String(error), outcomes }));
});

async function settle(job: Job): Promise<void> {
  const startedAt = now();
  const cut = new AbortController();
  const hung = sleep(load.hangMs, 'hung' as const, { signal: cut.signal }).catch(() => 'hung');
  const end = (state: Outcome['state'], more: Partial<Outcome> = {}) => {
    const { seed, shape, wanted } = job;
    outcomes.push({ seed, shape, wanted, state, startedAt, endedAt: now(), ...more });
  };
  const work = (async () => {
    client ??= await open(urls);
    return client.run(job);
  })().then(
    (outputs) => ({ state: 'done' as const, more: { outputs } }),
    (error: unknown) => ({ state: 'failed' as const, more: { error: textOf(error) } }),
  );
  const first = await Promise.race([work, hung]);
  if (typeof first === 'string') end('hung');
  else end(first.state, first.more);
  cut.abort();
}

/** All that an error says: its message, its own fields, its causes. */
function textOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, cause, ...fields } = error as { message?: unknown; cause?: unknown };
  const told = [message === undefined ? '' : String(message), fieldsOf(fields)];
  if (cause !== undefined) told.push(textOf(cause));
  return told.filter(Boolean).join(' < ').slice(0, 4_000);
}

function fieldsOf(fields: object): string {
  try {
    const text = JSON.stringify(fields);
    return text === '{}' ? '' : text.slice(0, 3_000);
  } catch {
    return '';
  }
}

/** Runs jobs with so many in flight; those that hang to the end are all cut at once. */
async function runAll(jobs: Job[], inFlight: number): Promise<void> {
  const until = now() + load.budgetMs;
  const left = [...jobs];
  const lane = async () => {
    while (left.length > 0 && now() < until) await settle(left.shift()!);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

function jobs(count: number, from: number, shape: Shape = load.shape): Job[] {
  return Array.from({ length: count }, (_, place) => {
    const seed = shape === 'failing' ? FAILING_SEED : from + (load.repeat ? 0 : place);
    return jobOf(shape, seed, load.steps, load.wanted);
  });
}

async function collect(): Promise<number> {
  await sleep(load.idleMs);
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.();
    await sleep(50);
  }
  return process.memoryUsage().heapUsed / MB;
}

function handles(): Record<string, number> {
  const left: Record<string, number> = {};
  // Pipes are the way back to the harness.
  for (const name of process.getActiveResourcesInfo())
    if (!name.startsWith('Pipe')) left[name] = (left[name] ?? 0) + 1;
  return left;
}

const answered = () => new Promise((resolve) => process.once('message', resolve));
const { open } = (await import(`../adapters/${adapter}.ts`)) as { open: Open };

if (load.warmUp > 0) {
  client = await open(urls);
  await runAll(jobs(load.warmUp, 1, 'text'), load.warmUp > 1 ? Math.min(5, load.inFlight) : 1);
}
const bad = outcomes.find(({ state }) => state !== 'done');
if (bad) writeFileSync(crash, JSON.stringify({ death: `warm-up ${bad.state}`, outcomes }));
outcomes.length = 0;
const heapBeforeMb = await collect();
process.send?.('ready');
await answered();

const rssStartMb = rss();
let rssPeakMb = rssStartMb;
const sampler = setInterval(() => {
  rssPeakMb = Math.max(rssPeakMb, rss());
}, 20);
const cpu = process.cpuUsage();
const beganAt = now();
const beside = load.neighbour && runAll(jobs(1, NEIGHBOUR_SEED, load.neighbour), 1);
// Its turn comes first.
if (beside) await sleep(100);
const all = jobs(load.jobs, FIRST_SEED);
const half = load.idleMs > 0 ? all.splice(0, all.length / 2) : [];
await runAll(half, load.inFlight);
const heapHalfMb = half.length > 0 ? await collect() : undefined;
const atHalf = outcomes.length;
await Promise.all([beside, runAll(all, load.inFlight)]);
const { user, system } = process.cpuUsage(cpu);
clearInterval(sampler);
const report: ClientReport = {
  outcomes,
  beganAt,
  cpuMs: (user + system) / 1_000,
  rssStartMb,
  rssPeakMb: Math.max(rssPeakMb, rss()),
  heapBeforeMb,
  heapHalfMb,
  atHalf,
  heapAfterMb: await collect(),
  listeners: client?.listeners?.(),
};
process.send?.(report);
await answered();
await client?.close();
await sleep(1_500);
process.send?.({ left: handles() });
await answered();
process.disconnect?.();
