import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { runCli, spawnCli, tempFolder } from './run-cli.ts';

const SMALL = ['--width', '64', '--height', '64'];

describe('generate with nothing but Node', () => {
  it('draws two things where the prompt wants them, and explains itself', async () => {
    const cwd = await tempFolder();
    const prompt = 'a red apple left of a green frog';
    const args = ['generate', prompt, '--seed', '7', '--out', 'pair.png'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('not Stable Diffusion');
    expect(stdout).toMatch(/^pair\.png\n\n {2}Flow +emoji-/);
    expect(stdout).toMatch(/Score +0\.\d\d: adherence .*, technical /);
    const { width, height } = decode(await readFile(join(cwd, 'pair.png')));
    expect(width).toBeGreaterThanOrEqual(256);
    expect(height).toBeGreaterThanOrEqual(256);
  });

  it('gives the same bytes for the same seed', async () => {
    const cwd = await tempFolder();
    const draw = async (out: string) => {
      const args = ['generate', 'a fox', '--seed', '3', '--scorer', 'none', ...SMALL];
      await runCli([...args, '--out', out], { cwd });
      return readFile(join(cwd, out));
    };
    expect((await draw('a.png')).equals(await draw('b.png'))).toBe(true);
  });

  it('takes what it has drawn before from the cache, where a seed is given', async () => {
    const cwd = await tempFolder();
    const draw = async (...more: string[]) => {
      const args = ['generate', 'a fox', '--scorer', 'none', ...SMALL, '--cache', '--json'];
      const { stdout, code } = await runCli([...args, ...more], { cwd });
      expect(code).toBe(0);
      const { cached, images, warnings } = JSON.parse(stdout);
      const levels = warnings
        .filter(({ code }: { code: string }) => code === 'from-cache')
        .map(({ level }: { level: string }) => level);
      return { cached, hash: images[0].hash, levels };
    };
    const first = await draw('--seed', '3');
    const second = await draw('--seed', '3');
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect(second).toMatchObject({ hash: first.hash, levels: ['note'] });
    expect((await draw('--seed', '4')).cached).toBe(false);
    expect((await readdir(join(cwd, '.comfygen', 'cache'))).length).toBe(2);
  });

  it('makes one picture of a batch again, by its seed and its place in the batch', async () => {
    const cwd = await tempFolder();
    const args = ['generate', 'a fox', '--flow', 'emoji-fast', '--seed', '3', '--scorer', 'none'];
    const draw = async (...more: string[]) => {
      const run = await runCli([...args, ...SMALL, '--json', '--quiet', '--force', ...more], {
        cwd,
      });
      expect(run.code).toBe(0);
      const { images, warnings } = JSON.parse(run.stdout);
      const codes = warnings.map(({ code }: { code: string }) => code);
      const shown = images.map(({ hash, batchIndex }: Record<string, unknown>) => [
        hash,
        batchIndex,
      ]);
      return { images: shown, codes };
    };
    const batch = await draw('--count', '3', '--records', 'runs');
    expect(batch.images.map(([, place]: unknown[]) => place)).toEqual([0, 1, 2]);
    expect(await draw('--count', '3', '--index', '1')).toEqual({
      images: [batch.images[1]],
      codes: [],
    });
    // Its sampler adds noise as it goes: of a batch of two the second is another picture.
    const recalled = await draw('--index', '1', '--records', 'runs');
    expect(recalled).toEqual({ images: [batch.images[1]], codes: ['count-recalled'] });
    const assumed = await draw('--index', '1');
    expect(assumed.codes).toEqual(['count-assumed']);
    expect(assumed.images).not.toEqual([batch.images[1]]);
    const { code, stderr } = await runCli([...args, '--index', '64'], { cwd });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('An index is a whole number from 0 to 63'),
    ]);
  });

  it('names the words that it does not know, and fails on them with --strict', async () => {
    const cwd = await tempFolder();
    const args = ['generate', 'a zorblax', '--scorer', 'none', '--json', '--quiet', ...SMALL];
    const { stdout } = await runCli(args, { cwd });
    expect(JSON.parse(stdout).warnings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('zorblax') }),
    );
    const strict = await runCli([...args, '--strict'], { cwd });
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout).error).toMatchObject({
      code: 'UNKNOWN_WORDS',
      message: expect.stringContaining('zorblax'),
    });
  });

  it('stops in the middle of a picture', async () => {
    const cwd = await tempFolder();
    const args = ['generate', 'a fox', '--flow', 'emoji-hires', '--count', '8', '--out', 'fox/'];
    const { code, stderr } = await spawnCli(args, {
      cwd,
      onStart: (child) => {
        child.stderr?.on('data', (text) => {
          if (String(text).includes('KSampler')) child.kill('SIGINT');
        });
      },
    });
    expect(stderr).toContain('canceled: stopped by Ctrl-C');
    expect(code).toBe(130);
  });
});
