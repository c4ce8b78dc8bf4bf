import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

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

/** Runs the real command from its sources, in a folder and environment of its own. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const [command, all] = cliCommand(args);
  // The caller's own colour and key variables must not change what is tested.
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env };
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
