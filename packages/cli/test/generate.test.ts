import { existsSync, watch } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeProject, PIXEL } from './fixtures.ts';
import { cliCommand, runCli, spawnCli, tempFolder } from './run-cli.ts';

const project = async (kind?: 'easel' | 'never' | 'broken') =>
  makeProject(await tempFolder(), kind);
const isRoot = process.getuid?.() === 0;
if (isRoot) console.warn('SKIPPED: a folder that may not be written: root may write anywhere.');
const pixel = Buffer.from(PIXEL, 'base64');

describe('generate', () => {
  it('writes the picture and explains the choice', async () => {
    const cwd = await project();
    const { code, stdout, stderr } = await runCli(
      ['generate', 'a', 'red', 'house', '--seed', '7'],
      { cwd },
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('my-house on easel'),
    });
    const [path] = stdout.split('\n');
    expect(path).toBe(join('comfygen-output', 'a-red-house-7.png'));
    expect(await readFile(join(cwd, path!))).toEqual(pixel);
    expect(stdout).toMatch(/Flow +my-house/);
    expect(stdout).toMatch(/Score +0\.75/);
    expect(stdout).toMatch(/Seed +7\n/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('prints one JSON object, and nothing else with --quiet', async () => {
    const cwd = await project();
    const args = [
      'generate',
      '-',
      '--json',
      '--quiet',
      '--out',
      'house.png',
      '--seed',
      '18446744073709551615',
    ];
    const { code, stdout, stderr } = await runCli(args, { cwd, input: 'a house\n' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      flow: { id: 'my-house' },
      executor: 'easel',
      images: [
        {
          path: join(cwd, 'house.png'),
          seed: '18446744073709551615',
          score: { value: 0.75, raw: { taste: 0.75 } },
        },
      ],
      attempts: [{ flowId: 'my-house', outcome: 'succeeded' }],
      plan: { hash: expect.stringMatching(/^sha256:/) },
    });
    expect(result.images[0].hash).toMatch(/^sha256:/);
    expect(result.outputs).toEqual(result.images);
    expect(result.outputs[0]).toMatchObject({ kind: 'image', mediaType: 'image/png' });
  });

  it('never replaces a picture unless it is told to', async () => {
    const cwd = await project();
    await writeFile(join(cwd, 'house.png'), 'mine');
    const first = await runCli(['generate', 'a house', '--out', 'house.png'], { cwd });
    expect(first.stdout).toMatch(/^house-2\.png\n/);
    expect(await readFile(join(cwd, 'house.png'), 'utf8')).toBe('mine');
    await runCli(['generate', 'a house', '--out', 'house.png', '--force'], { cwd });
    expect(await readFile(join(cwd, 'house.png'))).toEqual(pixel);
  });

  it('gives two runs at once two files', async () => {
    const cwd = await project();
    const run = () => spawnCli(['generate', 'a house', '--out', 'house.png'], { cwd });
    const codes = (await Promise.all([run(), run()])).map(({ code }) => code);
    expect(codes).toEqual([0, 0]);
    expect((await readdir(cwd)).filter((name) => name.endsWith('.png')).sort()).toEqual([
      'house-2.png',
      'house.png',
    ]);
  });

  it('shows the choice and the bound workflow without running, with --dry-run', async () => {
    const cwd = await project();
    const args = ['generate', 'a fox', '--dry-run', '--seed', '18446744073709551615'];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Flow +my-house/);
    expect(stdout).toContain('"text": "a fox"');
    expect(stdout).toContain('"seed": 18446744073709551615');
    // The graph may fill many screens: what was chosen and why stands below it.
    expect(stdout.indexOf('Why ')).toBeGreaterThan(stdout.lastIndexOf('class_type'));
    const { plan } = JSON.parse((await runCli([...args, '--json'], { cwd })).stdout);
    expect(plan.workflow['2'].inputs.text).toBe('a fox');
    expect(existsSync(join(cwd, 'submitted'))).toBe(false);
    expect(existsSync(join(cwd, 'comfygen-output'))).toBe(false);
  });

  it('keeps a record only where it is asked to', async () => {
    const cwd = await project();
    await runCli(['generate', 'a house', '--out', 'a.png'], { cwd });
    expect((await readdir(cwd)).sort()).toEqual([
      'a.png',
      'comfygen.config.mjs',
      'flows',
      'submitted',
    ]);
    await runCli(['generate', 'a house', '--out', 'b.png', '--records', 'kept'], { cwd });
    expect((await readdir(join(cwd, 'kept'))).length).toBeGreaterThan(0);
  });
});

describe('generate fails', () => {
  it.each([
    [['--executor', 'comfyuy'], 2, 'INVALID_OPTIONS', 'Did you mean comfyui?'],
    [['--selector', 'rulez'], 2, 'INVALID_OPTIONS', 'Did you mean rules?'],
    [['--flow', 'my-hause'], 1, 'NO_FLOW', 'Did you mean my-house?'],
    [['--flows', 'nowhere'], 1, 'FILE_ACCESS', 'nowhere'],
    [['--out', 'comfygen.config.mjs/'], 1, 'FILE_ACCESS', 'not a folder'],
    [['--width', '8'], 2, 'INVALID_OPTIONS', '16 to 16384'],
  ])('with %j', async (args, exitCode, errorCode, message) => {
    const cwd = await project();
    const { code, stdout, stderr } = await runCli(['generate', 'a house', ...args], { cwd });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(`error ${errorCode}: `);
    expect(stderr).toContain(message);
    expect(stderr).toContain('→');
    expect(existsSync(join(cwd, 'submitted'))).toBe(false);
  });

  it('for a prompt of 10,000 words', async () => {
    const cwd = await project();
    const input = 'house '.repeat(10_000);
    const { code, stderr } = await runCli(['generate', '-'], { cwd, input });
    expect(code).toBe(2);
    expect(stderr).toContain('INVALID_BRIEF');
  });

  it('where the job fails, and --json says so on stdout too', async () => {
    const cwd = await project('broken');
    const { code, stdout, stderr } = await runCli(['generate', 'a house', '--json'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('The easel fell over.');
    expect(stderr).toContain('→');
    expect(JSON.parse(stdout).error.message).toContain('The easel fell over.');
    expect(stderr).not.toContain('    at ');
    const verbose = await runCli(['generate', 'a house', '--verbose'], { cwd });
    expect(verbose.stderr).toMatch(/^ +at /m);
  });

  it('in time, with --timeout', async () => {
    const cwd = await project('never');
    const { code, stderr } = await runCli(['generate', 'a house', '--timeout', '300ms'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('error CLIENT_TIMEOUT');
  });

  it.skipIf(isRoot)('at once where it may not write', async () => {
    const cwd = await project();
    await mkdir(join(cwd, 'locked'), { mode: 0o555 });
    const { code, stderr } = await runCli(['generate', 'a house', '--out', 'locked/'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error FILE_ACCESS: Cannot write into .*locked: you have no permission/);
    expect(existsSync(join(cwd, 'submitted'))).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('at once below a folder that takes none', async () => {
    const cwd = await project();
    const { code, stderr } = await runCli(['generate', 'a house', '--out', '/proc/x/y/'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('error FILE_ACCESS: Cannot write into /proc/x/y');
  });

  it('leaves no broken picture where the disk does not take it', async () => {
    const cwd = await project();
    const [command, args] = cliCommand(['generate', 'a house', '--out', 'pictures/house.png']);
    // A file size limit of 0 refuses every byte, as a full disk does.
    const { code, stderr } = await runLimited(
      `ulimit -f 0; trap '' XFSZ; exec "$@"`,
      [command, ...args],
      cwd,
    );
    expect(stderr).toContain('error FILE_ACCESS');
    expect(stderr).toContain('→ Make room there');
    expect(code).toBe(1);
    expect(await readdir(join(cwd, 'pictures'))).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  it('cancels the job, exits 130 and leaves nothing', async () => {
    const cwd = await project('never');
    await mkdir(join(cwd, 'pictures'));
    const { code, stderr } = await spawnCli(['generate', 'a house', '--out', 'pictures'], {
      cwd,
      onStart: (child) => {
        const watcher = watch(cwd, (_event, name) => {
          if (name === 'submitted') child.kill('SIGINT');
        });
        child.on('close', () => watcher.close());
      },
    });
    expect(stderr).toContain('canceled');
    expect(code).toBe(130);
    expect(existsSync(join(cwd, 'canceled'))).toBe(true);
    expect(await readdir(join(cwd, 'pictures'))).toEqual([]);
  });
});

async function runLimited(script: string, args: string[], cwd: string) {
  const { spawn } = await import('node:child_process');
  const child = spawn('bash', ['-c', script, 'bash', ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr };
}
