import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeProject } from './fixtures.ts';
import { cliCommand, runCli, tempFolder } from './run-cli.ts';

/** A process of the CLI whose streams are the test's: its stdin stays open, and nobody reads its stdout. */
function start(args: readonly string[], cwd: string): ChildProcess {
  const [command, all] = cliCommand(args);
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const child = spawn(command, all, { cwd, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Resolves once the process has said this on stderr. */
async function saying(child: ChildProcess, word: string): Promise<void> {
  let text = '';
  for await (const chunk of child.stderr!.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes(word)) return;
  }
  throw new Error(`it ended without saying ${word}: ${text}`);
}

/** How it ended: its exit code, or the signal. */
const ending = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));

async function withConfig(source: string): Promise<string> {
  const cwd = await tempFolder();
  await writeFile(join(cwd, 'comfygen.config.mjs'), source);
  return cwd;
}

/** An executor that hears no abort, and keeps a thread in a call into the system that never returns. */
const DEAF = `
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs';
export default { executor: { spec: 'v1', role: 'executor', name: 'deaf', supports: {},
  async submit() { throw new Error('not asked'); },
  async inspect() { throw new Error('not asked'); },
  async download() { throw new Error('not asked'); },
  inventory() {
    execFileSync('mkfifo', ['pipe']);
    readFile('pipe', () => {});
    process.stderr.write('asked');
    return new Promise(() => setInterval(() => {}, 1000));
  } } };
`;

describe('a command that is told to stop', () => {
  it('ends by the second signal, though the system holds a thread of it', async () => {
    const child = start(['flows', 'list'], await withConfig(DEAF));
    const ended = ending(child);
    await saying(child, 'asked');
    child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
  });

  it('ends after a while by the first signal alone, though nothing hears it', async () => {
    const child = start(['flows', 'list'], await withConfig(DEAF));
    const ended = ending(child);
    await saying(child, 'asked');
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
  });

  it.each([
    ['waits for ever', 'await new Promise((r) => setInterval(() => {}, 1000))'],
    ['holds the thread', 'while (true);'],
  ])('ends while its config file %s', async (_, source) => {
    const text = `process.stderr.write('loading'); ${source}; export default {};`;
    const child = start(['flows', 'list'], await withConfig(text));
    const ended = ending(child);
    await saying(child, 'loading');
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
  });

  it('ends while it waits for a prompt on stdin', async () => {
    const cwd = await withConfig('export default {};');
    const child = start(['generate', '-'], cwd);
    const ended = ending(child);
    child.stdin!.write('a red');
    child.stderr!.resume();
    // Nothing tells that it reads: a signal that comes before its listener ends it as well.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    child.kill('SIGINT');
    expect([130, 'SIGINT']).toContain(await ended);
  });

  it('ends while nobody reads what it prints', async () => {
    const cwd = await withConfig(`
      process.stdout.write('x'.repeat(4_000_000));
      process.stderr.write('written');
      export default {};`);
    const child = start(['flows', 'list', '--json'], cwd);
    const ended = ending(child);
    await saying(child, 'written');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    child.kill('SIGTERM');
    expect([143, 'SIGTERM']).toContain(await ended);
  });
});

it('a dry run goes on without a server that takes a call and never answers', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const args = ['generate', 'a cat', '--dry-run', '--json', '--url', `http://127.0.0.1:${port}`];
  const { code, stdout } = await runCli(args, { cwd: await tempFolder() });
  const { warnings } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(warnings).toContainEqual(
    expect.objectContaining({
      code: 'inventory-unknown',
      message: expect.stringMatching(/no answer/),
    }),
  );
});

describe('a file that is none', () => {
  const places = async () => {
    const cwd = await makeProject(await tempFolder());
    execFileSync('mkfifo', [join(cwd, 'pipe'), join(cwd, 'pipe.json'), join(cwd, 'pipe.db')]);
    return cwd;
  };

  it.each([
    ['workflow', 'check', 'FILE'],
    ['workflow', 'slots', 'FILE'],
    ['workflow', 'diff', 'FILE', 'FILE'],
    ['workflow', 'check', 'flows/my-house.json', '--object-info', 'FILE'],
    ['flows', 'list', '--flows', 'FILE'],
    ['flows', 'list', '--config', 'FILE'],
    ['select', 'a house', '--selector', 'learned', '--model', 'FILE'],
    ['scores', 'FILE'],
    ['train', 'FILE', '--out', 'model.json'],
    ['scores', '--records', 'FILE'],
    ['jobs', 'list', '--jobs', 'FILE'],
  ])('is refused by %s %s %s %s', async (...args) => {
    const cwd = await places();
    const files = ['pipe.json', ...(args.includes('--config') ? [] : ['pipe', 'pipe.db'])];
    if (existsSync('/dev/zero') && !args.includes('--config')) files.push('/dev/zero');
    for (const file of files) {
      const words = args.filter((word) => word !== undefined);
      const line = words.map((word) => (word === 'FILE' ? file : word));
      const { code, stderr, stdout } = await runCli(line, { cwd });
      expect([line, code, stderr + stdout]).toEqual([
        line,
        1,
        expect.stringMatching(/FILE_ACCESS|INVALID_SCORES/),
      ]);
    }
  });

  it('below /proc keeps no record, and costs no picture', async ({ skip }) => {
    if (!existsSync('/proc/self')) skip('no /proc here');
    const cwd = await places();
    const pictures = join(cwd, 'pictures');
    await mkdir(pictures);
    for (const place of ['/proc/none/records', '/proc/none/store.db', 'pipe.db']) {
      const out = join(pictures, `${place.length}.png`);
      const args = ['generate', 'a house', '--out', out, '--records', place];
      const { code, stdout } = await runCli(args, { cwd });
      expect([code, stdout]).toEqual([0, expect.stringContaining('could not be kept')]);
    }
    expect(await readdir(pictures)).toHaveLength(3);
  });
});
