import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CliOptions, runCli, spawnCli, tempFolder } from '../run-cli.ts';
import { openStudio, PICTURE } from './server.ts';

/** Kills the command without a warning as soon as its job is drawn. */
const killAtSampler: NonNullable<CliOptions['onStderr']> = (text, child) => {
  if (text.includes('KSampler')) child.kill('SIGKILL');
};

describe('a client that is killed while its job runs', () => {
  it('leaves a reference with which another goes on and gets the pictures', async () => {
    const { cwd, fake, generate, url, openGate } = await openStudio();
    const killed = await spawnCli(generate, { cwd, onStderr: killAtSampler });
    expect(killed.code).toBeNull();
    expect(await readdir(join(cwd, 'comfygen-output'))).toEqual([]);

    const { jobs } = JSON.parse((await runCli(['jobs', 'list', '--json'], { cwd })).stdout);
    expect(jobs).toMatchObject([{ flowId: 'my-flow', executor: 'comfyui', state: 'queued' }]);
    const [{ id }] = jobs;
    const short = id.slice(0, 8);
    const shown = await runCli(['jobs', 'show', short, ...url], { cwd });
    expect(shown.stdout).toMatch(/State +running/);
    expect(shown.stdout).toContain(`comfygen jobs resume ${short} --url ${fake.url}`);

    const resumed = await spawnCli(['jobs', 'resume', short, ...url], {
      cwd,
      onStderr: (text) => text.includes('my-flow on comfyui') && openGate(),
    });
    const path = join('comfygen-output', `my-flow-${short}.png`);
    expect([resumed.code, resumed.stdout.split('\n')[0]]).toEqual([0, path]);
    expect(await readFile(join(cwd, path))).toEqual(PICTURE);
    expect(fake.count('POST /api/prompt')).toBe(1);
    expect((await runCli(['jobs', 'list'], { cwd })).stdout).toContain('succeeded');
  });

  it('of a server in a process of its own: the pictures that it drew', async () => {
    const cwd = await tempFolder();
    const url = await startServer();
    const args = ['generate', 'a red apple', '--url', url, '--scorer', 'none'];
    await spawnCli(args, { cwd, onStderr: killAtSampler });
    const { jobs } = JSON.parse((await runCli(['jobs', 'list', '--json'], { cwd })).stdout);
    const resume = ['jobs', 'resume', jobs[0].id, '--url', url, '--json', '--quiet'];
    const { code, stdout, stderr } = await runCli([...resume, '--out', 'apple.png'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).images).toMatchObject([
      { path: join(cwd, 'apple.png'), mediaType: 'image/png' },
    ]);
    expect((await readFile(join(cwd, 'apple.png'))).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('Ctrl-C', () => {
  it('leaves a resumed job running and says how to go on; cancel stops it', async () => {
    const { cwd, fake, generate, url } = await openStudio();
    await spawnCli(generate, { cwd, onStderr: killAtSampler });
    const id = JSON.parse((await runCli(['jobs', 'list', '--json'], { cwd })).stdout).jobs[0].id;
    const stopped = await spawnCli(['jobs', 'resume', id, ...url], {
      cwd,
      onStderr: (text, child) => text.includes('my-flow on comfyui') && child.kill('SIGINT'),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('left running');
    expect(stopped.stderr).toContain(`comfygen jobs resume ${id.slice(0, 8)} --url ${fake.url}`);
    expect(fake.state.running?.[1]).toBe(id);

    const canceled = await runCli(['jobs', 'cancel', id, ...url], { cwd });
    expect([canceled.code, canceled.stdout]).toEqual([0, expect.stringMatching(/cancel|stop/)]);
    const shown = await runCli(['jobs', 'show', id, ...url], { cwd });
    expect(shown.stdout).toMatch(/State +canceled/);
    const resumed = await runCli(['jobs', 'resume', id, ...url], { cwd });
    expect([resumed.code, resumed.stderr]).toEqual([1, expect.stringContaining('error CANCELED')]);
    expect(existsSync(join(cwd, 'comfygen-output', `my-flow-${id.slice(0, 8)}.png`))).toBe(false);
  });
});

/** `comfygen fake-server` until the test ends; resolves to its address. */
function startServer(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const ended = spawnCli(['fake-server', '--port', '0'], {
      onStart: (child) => {
        onTestFinished(async () => {
          child.kill('SIGINT');
          await ended;
        });
        child.stdout?.on('data', (piece: string) => {
          text += piece;
          if (text.includes('\n')) resolve(text.trim());
        });
      },
    });
    ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
}
