import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cliCommand, runCli, spawnCli, tempFolder } from './run-cli.ts';

const COMMANDS = [
  ['generate'],
  ['flows', 'list'],
  ['flows', 'show'],
  ['flows', 'check'],
  ['workflow', 'check'],
  ['workflow', 'slots'],
  ['workflow', 'bind'],
  ['workflow', 'diff'],
  ['workflow', 'convert'],
  ['jobs', 'list'],
  ['jobs', 'show'],
  ['jobs', 'cancel'],
  ['jobs', 'resume'],
  ['models', 'list'],
  ['doctor'],
  ['fake-server'],
];

describe('help', () => {
  it.each(COMMANDS.map((command) => [command]))(
    '%s has examples and fits 80 columns',
    async (command) => {
      const { code, stdout, stderr } = await runCli([...command, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/Examples:\n {2}\S*comfygen/);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  it('lists every command, the exit codes and the version', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const word of ['generate', 'flows', 'jobs', 'models', 'workflow', 'doctor', '130'])
      expect(stdout).toContain(word);
    expect((await runCli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

it('help loads no part and no command’s work', async () => {
  const source =
    "import { registerHooks } from 'node:module';" +
    "registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });";
  const hook = `data:text/javascript,${encodeURIComponent(source)}`;
  const { stderr } = await spawnCli(['--help'], { env: { NODE_OPTIONS: `--import=${hook}` } });
  const loaded = stderr.split('\n');
  expect(loaded.filter((url) => url.endsWith('/cli/src/commands/generate.ts'))).toHaveLength(1);
  const heavy = /\/packages\/(embedded|executors|llm|lab|scorers|selectors)\/|\/cli\/src\/work\//;
  expect(loaded.filter((url) => heavy.test(url))).toEqual([]);
});

describe('a narrow terminal', () => {
  it('gets narrow help', async () => {
    const { stdout } = await runCli(['generate', '--help'], { env: { COLUMNS: '60' } });
    const [usage] = stdout.split('Examples:');
    for (const line of usage!.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('a wrong command line', () => {
  it.each([
    [['generate'], "missing required argument 'prompt'"],
    [['generate', 'x', '--sead', '4'], 'Did you mean --seed?'],
    [['generate', 'x', '--seed', '18446744073709551616'], '0 to 18446744073709551615'],
    [['generate', 'x', '--seed', '-1'], 'A seed is'],
    [['generate', 'x', '--count', '65'], '1 to 64'],
    [['generate', 'x', '--width', '0'], 'A width is'],
    [['generate', 'x', '--height', '16385'], '16 to 16384'],
    [['generate', 'x', '--timeout', 'soon'], '90s'],
    [['generate', '  '], 'The prompt is empty'],
    [['generate', ''], 'The prompt is empty'],
    [['gnerate', 'x'], 'Did you mean generate?'],
    [['workflow', 'bind', 'x.json'], '--prompt'],
  ])('%j exits 2 and says what is wrong', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error [A-Z_]+: /);
    expect(stderr).toContain('→');
  });
});

it('says what is wrong on stdout too, with --json', async () => {
  const { code, stdout } = await runCli(['workflow', 'check', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    schema: 'comfygen/error@1',
    error: { code: 'INVALID_OPTIONS', message: "missing required argument 'file'" },
  });
});

describe('streams', () => {
  it('uses colour only where it is wanted', async () => {
    const args = ['generate', ''];
    const sequence = '\u001b[';
    expect((await runCli(args)).stderr).not.toContain(sequence);
    expect((await runCli(args, { env: { FORCE_COLOR: '1' } })).stderr).toContain(sequence);
    expect((await runCli(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr).not.toContain(
      sequence,
    );
  });

  it.each([[['generate', '--help']], [['flows', 'list', '--json']]])(
    '%j stays quiet where nobody reads to the end',
    async (words) => {
      const [command, args] = cliCommand(words);
      const child = spawn(command, args, {
        cwd: await tempFolder(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.on('data', (piece) => {
        stderr += piece;
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );
});
