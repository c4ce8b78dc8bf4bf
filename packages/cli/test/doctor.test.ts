import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findGaps } from '../src/work/doctor/render-doctor.ts';
import { runCli } from './run-cli.ts';

/** A server that answers every request so. */
async function server(status: number, body: unknown): Promise<string> {
  const one = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void one.close());
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

describe('doctor', () => {
  it('says what is here and what can run', async () => {
    const { code, stdout } = await runCli(['doctor']);
    expect(code).toBe(0);
    expect(stdout).toContain(`✓ Node ${process.versions.node}`);
    expect(stdout).toMatch(/✓ \d+ of \d+ flows can run on embedded\n/);
    expect(stdout).toContain('→ comfygen generate');
    expect(stdout.split('\n').length).toBeLessThan(24);
    expect(stdout).not.toContain('safetensors');
  });

  it('gives every package, and what flows lack, with --flows', async () => {
    const { stdout } = await runCli(['doctor', '--flows']);
    expect(stdout).toMatch(/✓ @comfygen\/embedded \d/);
    expect(stdout).toContain('checkpoints/sd_xl_base_1.0.safetensors for sdxl-base');
  });

  it('names the one file with which a bare server can run most, and no emoji art', async () => {
    const folders =
      'checkpoints diffusion_models text_encoders vae loras upscale_models clip_vision'.split(' ');
    const models = Object.fromEntries(folders.map((name) => [name, ['mine.safetensors']]));
    const fake = await startFakeComfyui({ models });
    onTestFinished(() => fake.close());
    const { stdout } = await runCli(['doctor', '--url', fake.url]);
    expect(stdout).toMatch(/✗ 0 of \d+ flows can run on it/);
    expect(stdout).toMatch(/checkpoints\/sd_xl_base_1\.0\.safetensors: *\s+then/);
    expect(stdout).not.toContain('emoji-');
  });

  it('asks the server of COMFYUI_URL, and shows no secret', async () => {
    const fake = await startFakeComfyui();
    onTestFinished(() => fake.close());
    const { url } = fake;
    const secret = url.replace('http://', 'http://user:hunter2@');
    const env = { COMFYUI_URL: `${secret}/?token=hunter2`, OPENAI_API_KEY: 'hunter2' };
    const { stdout } = await runCli(['doctor', '--json'], { env });
    expect(stdout).not.toContain('hunter2');
    const report = JSON.parse(stdout);
    expect(report.servers[0]).toMatchObject({ url, answer: 'ComfyUI 0.33.0', reachable: true });
    expect(report.keys).toContainEqual({ name: 'OPENAI_API_KEY', set: true });
  });

  it.each([
    ['http://127.0.0.1:1', 'cannot be reached'],
    ['nonsense', 'not an http(s) address'],
  ])('says of %s: %s', async (url, answer) => {
    const { code, stdout } = await runCli(['doctor'], { env: { COMFYUI_URL: url } });
    expect(stdout).toContain(answer);
    expect(code).toBe(0);
  });

  it('says what a server answers that is none', async () => {
    const env = { COMFYUI_URL: await server(404, {}) };
    expect((await runCli(['doctor'], { env })).stdout).toContain('answers HTTP 404');
  });
});

describe('findGaps', () => {
  it('names each missing thing once, with the flows that wait for it', () => {
    const model = { folder: 'vae', file: 'ae', url: 'https://x', licence: null };
    const models = [model] as never;
    const gaps = findGaps([
      { id: 'a', missing: { classes: ['K'], models: [] }, reasons: ['no K'] },
      { id: 'b', missing: { classes: [], models }, reasons: ['no ae'] },
      { id: 'c', missing: { classes: [], models }, reasons: ['no ae'] },
      { id: 'd', missing: { classes: [], models: [] }, reasons: ['takes no prompt'] },
    ]);
    expect(gaps).toEqual([
      { what: 'vae/ae', where: 'https://x', flowIds: ['b', 'c'] },
      { what: 'node class K', where: null, flowIds: ['a'] },
      { what: 'takes no prompt', where: null, flowIds: ['d'] },
    ]);
  });
});
