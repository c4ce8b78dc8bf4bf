import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientReport, Load, Run, ServerReport, ServerSetup } from './types.ts';

/** Time for what is not the load: imports, the last look, closing. */
const SPARE_MS = 30_000;
const EXIT_MS = 3_000;

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function start(name: string, given: unknown, flags: string[], env = {}): ChildProcess {
  return fork(file(name), [JSON.stringify(given)], {
    execArgv: ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning', ...flags],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', process.env['BENCH_DEBUG'] ? 'inherit' : 'ignore', 'ipc'],
  });
}

/** The next message, or `undefined` once the process is gone or the time is up. */
async function next<T>(child: ChildProcess, ms: number): Promise<T | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  try {
    const gone = once(child, 'exit', { signal: stop.signal }).then(() => undefined);
    const told = once(child, 'message', { signal: stop.signal }).then(([message]) => message as T);
    return await Promise.race([told, gone]).catch(() => undefined);
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

async function ask<T>(child: ChildProcess, question: string): Promise<T> {
  const answer = next<T>(child, 60_000);
  child.send(question);
  const told = await answer;
  if (told === undefined) throw new Error(`the server did not answer to ${question}`);
  return told;
}

/** Runs one client on fresh servers, each in a process of its own, and counts. */
export async function runOnce(adapter: string, setups: ServerSetup[], load: Load): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'comfygen-bench-'));
  const crashFile = join(folder, 'crash.json');
  const servers = setups.map((setup) => start('./server.ts', setup, []));
  let client: ChildProcess | undefined;
  try {
    const urls = await Promise.all(servers.map((one) => next<string>(one, 30_000)));
    const given = { adapter, urls, load, crashFile };
    client = start('./client.ts', given, ['--expose-gc'], { BENCH_STEPS: String(load.steps) });
    // A load that looks at the heap comes in two halves.
    const halves = load.idleMs > 0 ? 2 : 1;
    const limit = halves * (load.budgetMs + load.hangMs + load.idleMs) + SPARE_MS;
    const run: Run = { client: adapter, ended: 'stuck', servers: [] };
    const ready = await next(client, limit);
    if (ready) {
      for (const one of servers) await ask(one, 'mark');
      client.send('go');
      run.report = await next<ClientReport>(client, limit);
    }
    if (!run.report) {
      if (client.exitCode !== null || client.signalCode !== null) {
        run.ended = 'died';
        run.death = `exit ${client.signalCode ?? client.exitCode}`;
      }
      client.kill('SIGKILL');
    }
    run.servers = await Promise.all(servers.map((one) => ask<ServerReport>(one, 'report')));
    if (run.report) await leave(client, run, run.report);
    Object.assign(run, readCrash(crashFile));
    return run;
  } finally {
    client?.kill('SIGKILL');
    for (const one of servers) one.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets the client close, and sees whether its process ends by itself. */
async function leave(client: ChildProcess, run: Run, report: ClientReport): Promise<void> {
  run.ended = 'reported';
  const closing = next<{ left: Record<string, number> }>(client, 10_000);
  client.send('close');
  const { left } = (await closing) ?? {};
  if (left) report.left = left;
  if (client.exitCode !== null) return;
  const began = performance.now();
  const exit = once(client, 'exit', { signal: AbortSignal.timeout(EXIT_MS) });
  client.send('leave');
  await exit.then(
    () => {
      run.exitMs = Math.round(performance.now() - began);
    },
    () => {},
  );
}

function readCrash(path: string): { death?: string } {
  try {
    const { death } = JSON.parse(readFileSync(path, 'utf8') || '{}');
    return death ? { death } : {};
  } catch {
    return {};
  }
}
