// Pictures that ask for more than they should, or are not what they say, go through every decoder in child processes:
// each ends with a score or an error of ours, and in bounded memory.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BombRun } from './bombs/run-bombs.ts';
import { type Findings, runCampaign, type Trials } from './campaign.ts';

const PROGRAM = fileURLToPath(new URL('./bombs/run-bombs.ts', import.meta.url));
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
const IN_ONE_PROCESS = 25;
const MOST_MB = 600;

/** Gives `trials` pictures to all decoders. */
export async function bombs({ trials, seed }: Trials): Promise<Findings> {
  const runs: BombRun[] = [];
  let crashes = 0;
  for (let from = 0; from < trials; from += IN_ONE_PROCESS) {
    const count = Math.min(IN_ONE_PROCESS, trials - from);
    const child = spawn(process.execPath, [...FLAGS, PROGRAM, String(seed + from), String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const before = runs.length;
    for await (const line of createInterface(child.stdout)) runs.push(JSON.parse(line));
    crashes += runs.length - before === count ? 0 : 1;
  }
  const raw = runs.flatMap(({ seed: one, kind, ends }) =>
    Object.entries(ends).flatMap(([decoder, end]) =>
      end.startsWith('raw') ? `${one} ${kind} ${decoder}: ${end}` : [],
    ),
  );
  const peakMb = Math.max(0, ...runs.map(({ rssMb }) => rssMb));
  const all = runs.flatMap(({ ends }) => Object.values(ends));
  return {
    faults: crashes + raw.length + (peakMb > MOST_MB ? 1 : 0),
    crashes,
    raw,
    kinds: new Set(runs.map(({ kind }) => kind)).size,
    read: all.filter((end) => end === 'read').length,
    refused: all.filter((end) => end !== 'read').length,
    peakMb,
    slowestSliceMs: Math.max(0, ...runs.map(({ sliceMs }) => sliceMs)),
  };
}

await runCampaign(import.meta.url, 'bombs', bombs);
