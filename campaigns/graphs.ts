// Graphs of random nodes with random and extreme inputs run on the embedded executor, in child processes: whatever a
// graph asks for, the process lives, stays below 600 MB, and an abort is met in time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Findings, runCampaign, type Trials } from './campaign.ts';
import type { GraphRun } from './graphs/run-graphs.ts';

const PROGRAM = fileURLToPath(new URL('./graphs/run-graphs.ts', import.meta.url));
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
/** Graphs of one process: what the caches of earlier ones hold counts for the memory, too. */
const IN_ONE_PROCESS = 25;
const MOST_MB = 600;

/** Runs `trials` graphs. */
export async function graphs({ trials, seed }: Trials): Promise<Findings> {
  const runs: GraphRun[] = [];
  let [crashes, peakMb] = [0, 0];
  for (let from = 0; from < trials; from += IN_ONE_PROCESS) {
    const count = Math.min(IN_ONE_PROCESS, trials - from);
    const child = await runInChild(seed + from, count);
    runs.push(...child.runs);
    crashes += child.runs.length === count ? 0 : 1;
    peakMb = Math.max(peakMb, ...child.runs.map(({ rssMb }) => rssMb));
  }
  const raw = runs.filter(({ raw }) => raw !== undefined);
  const aborts = runs.flatMap(({ abortMs }) => abortMs ?? []).sort((a, b) => a - b);
  const ends: Record<string, number> = {};
  for (const { end } of runs) ends[end] = (ends[end] ?? 0) + 1;
  return {
    faults: crashes + raw.length + (peakMb > MOST_MB ? 1 : 0),
    crashes,
    raw: raw.map((run) => `${run.seed}: ${run.raw}`),
    ends,
    peakMb,
    slowestSliceMs: Math.max(0, ...runs.map(({ sliceMs }) => sliceMs)),
    aborts: aborts.length,
    abortMs: { median: aborts[aborts.length >> 1], p95: aborts[Math.floor(aborts.length * 0.95)] },
    slowestAbortMs: aborts.at(-1),
  };
}

async function runInChild(seed: number, count: number): Promise<{ runs: GraphRun[] }> {
  const child = spawn(process.execPath, [...FLAGS, PROGRAM, String(seed), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const runs: GraphRun[] = [];
  for await (const line of createInterface(child.stdout)) runs.push(JSON.parse(line));
  return { runs };
}

await runCampaign(import.meta.url, 'graphs', graphs);
