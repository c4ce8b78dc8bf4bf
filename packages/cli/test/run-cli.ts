import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { main } from '../src/main.ts';
import { createIo } from '../src/terminal/io.ts';

const BIN = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];

/** How a command line is run. */
export interface CliOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** Called with the process once it runs, to stop it for example. */
  onStart?: (child: ChildProcess) => void;
  /** Called with each piece of stderr as it comes. */
  onStderr?: (text: string, child: ChildProcess) => void;
}

/** What came out. */
export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The command and arguments that run the CLI from its sources. */
export function cliCommand(args: readonly string[]): [string, string[]] {
  return [process.execPath, [...FLAGS, BIN, ...args]];
}

const minimalEnv = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  // The caller's own colour and key variables must not change what is tested.
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  ...env,
});

/** Runs a command line in this process, which is much quicker than a process of its own. */
export async function runCli(
  args: readonly string[],
  { cwd = tmpdir(), env, input = '' }: Omit<CliOptions, 'onStart' | 'onStderr'> = {},
): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const all = minimalEnv(env);
  const io = createIo({
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    env: all,
    cwd,
    readInput: async () => input,
  });
  const restore = swapEnv(all);
  try {
    const code = await main(args, io);
    return { code, stdout, stderr };
  } finally {
    restore();
  }
}

/** Parts read their keys from `process.env`: for a while it holds what the command's process would. */
function swapEnv(env: NodeJS.ProcessEnv): () => void {
  const before = { ...process.env };
  const set = (to: NodeJS.ProcessEnv) => {
    for (const key of Object.keys(process.env)) if (to[key] === undefined) delete process.env[key];
    for (const [key, value] of Object.entries(to))
      if (value !== undefined) process.env[key] = value;
  };
  set(env);
  return () => set(before);
}

/** Runs the real command from its sources as a process, for what only a process shows: signals, exits, Node. */
export function spawnCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const [command, all] = cliCommand(args);
  const env = minimalEnv(options.env);
  const child = spawn(command, all, { cwd: options.cwd ?? tmpdir(), env });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(options.input ?? '');
  options.onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(text, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** An empty folder that goes away with the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'comfygen-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
