import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { comfyui } from '@comfygen/executors/comfyui';
import { type FakeComfyui, startFakeComfyui } from '@comfygen/executors/testing';
import { createCallContext } from 'comfygen/plugin';
import { createTestGraph, createTestPlan } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli, spawnCli, tempFolder } from './run-cli.ts';

async function setUp(): Promise<{ cwd: string; fake: FakeComfyui; flags: string[] }> {
  const fake = await startFakeComfyui();
  onTestFinished(() => fake.close());
  const cwd = await tempFolder();
  await writeFile(join(cwd, 'my-flow.json'), JSON.stringify(createTestGraph()));
  return { cwd, fake, flags: ['--flows', 'my-flow.json', '--only'] };
}

describe('generate on a ComfyUI server', () => {
  it('by --url alone: makes the picture there, and ends by itself', async () => {
    const { cwd, fake, flags } = await setUp();
    const args = ['generate', 'a blue fox', '--seed', '7', '--out', 'fox.png', '--json', '--quiet'];
    const { code, stdout, stderr } = await runCli([...args, '--url', fake.url, ...flags], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ executor: 'comfyui', flow: { id: 'my-flow' } });
    expect((await readFile(join(cwd, 'fox.png'))).subarray(1, 4).toString()).toBe('PNG');
    const posted = fake.requests.find(({ method }) => method === 'POST');
    expect(posted?.json()).toMatchObject({
      prompt: { positive: { inputs: { text: 'a blue fox' } } },
    });
  });

  it('by name, with the address of the environment or of the config file', async () => {
    const { cwd, fake, flags } = await setUp();
    const args = ['generate', 'a red fox', '--json', '--quiet', ...flags];
    const env = { COMFYUI_URL: fake.url };
    const named = await runCli([...args, '--executor', 'comfyui'], { cwd, env });
    expect({ code: named.code, stderr: named.stderr }).toEqual({ code: 0, stderr: '' });
    const config = { url: fake.url, executorOptions: { previews: 'none' } };
    await writeFile(join(cwd, 'comfygen.config.json'), JSON.stringify(config));
    expect(JSON.parse((await runCli(args, { cwd })).stdout).executor).toBe('comfyui');
    expect(fake.count('POST /api/prompt')).toBe(2);
  });

  it('says what is wrong with an address, an option, a server that is not there', async () => {
    const { cwd, fake, flags } = await setUp();
    const args = ['generate', 'a red fox', ...flags];
    const wrong = await runCli([...args, '--url', 'localhost:8188'], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('http(s) address')]);
    await writeFile(
      join(cwd, 'c.json'),
      JSON.stringify({ url: fake.url, executorOptions: { x: 1 } }),
    );
    const odd = await runCli([...args, '--config', 'c.json'], { cwd });
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('no option x;')]);
    await fake.kill();
    const gone = await runCli([...args, '--url', fake.url], { cwd });
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('UNAVAILABLE')]);
  });
});

describe('doctor', () => {
  it('looks at a server, and says which flows it can run', async () => {
    const { cwd, fake, flags } = await setUp();
    const config = { flows: 'my-flow.json', only: true };
    await writeFile(join(cwd, 'comfygen.config.json'), JSON.stringify(config));
    const { stdout } = await runCli(['doctor', '--json', '--url', fake.url], { cwd });
    expect(JSON.parse(stdout).servers[0]).toMatchObject({
      reachable: true,
      answer: 'ComfyUI 0.33.0',
      flows: [{ id: 'my-flow', canRun: true }],
    });
    const env = { COMFYUI_URL: fake.url };
    expect((await runCli(['doctor'], { cwd, env })).stdout).toContain('1 flow can run on it');
    const list = await runCli(['flows', 'list', '--url', fake.url, ...flags], { cwd });
    expect(list.stdout).toContain('my-flow');
  });
});

describe('fake-server', () => {
  it('is a ComfyUI on which the library’s emoji flows run', async () => {
    const cwd = await tempFolder();
    await whileServing(cwd, (url) => generateThere(url, cwd));
    expect((await readFile(join(cwd, 'apple.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('has all of core’s classes, and stand-in pictures where the emoji world lacks one', async () => {
    const inputs = { width: 64, height: 64, batch_size: 1, color: 255 };
    const graph: Workflow = {
      blank: { class_type: 'EmptyImage', inputs },
      noise: {
        class_type: 'ImageAddNoise',
        inputs: { image: ['blank', 0], seed: 1, strength: 0.5 },
      },
      save: { class_type: 'SaveImage', inputs: { images: ['noise', 0], filename_prefix: 'noise' } },
    };
    let known: string[] = [];
    let picture = '';
    await whileServing(await tempFolder(), async (url) => {
      known = Object.keys(await (await fetch(`${url}/object_info`)).json());
      const executor = comfyui({ url });
      const ctx = createCallContext({ signal: AbortSignal.timeout(20_000) });
      const ref = await executor.submit(createTestPlan(graph), { ...ctx, onRef: async () => {} });
      for await (const _event of executor.watch!(ref, ctx));
      const { outputs } = await executor.inspect(ref, ctx);
      const { bytes } = await executor.download(outputs[0]!, ref, ctx);
      picture = new TextDecoder('latin1').decode(bytes.subarray(1, 4));
      await executor.dispose?.();
    });
    expect(known).toEqual(expect.arrayContaining(Object.keys(coreCatalogue)));
    expect(picture).toBe('PNG');
  });
});

/** Runs `fake-server`, calls back with its address, and stops it. */
async function whileServing(cwd: string, body: (url: string) => Promise<void>): Promise<void> {
  let address = '';
  let doing: Promise<void> | undefined;
  await spawnCli(['fake-server', '--port', '0'], {
    cwd,
    onStart: (child) => {
      child.stdout?.on('data', (text: string) => {
        address += text;
        if (!address.includes('\n')) return;
        doing ??= body(address.trim()).finally(() => child.kill('SIGINT'));
        doing.catch(() => {});
      });
    },
  });
  await doing;
}

async function generateThere(url: string, cwd: string): Promise<void> {
  const args = ['generate', 'a red apple', '--url', url, '--out', 'apple.png', '--json', '--quiet'];
  const { code, stderr, stdout } = await runCli(args, { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ executor: 'comfyui' });
}
