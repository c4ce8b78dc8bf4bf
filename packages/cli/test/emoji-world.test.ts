import { readFile } from 'node:fs/promises';
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
