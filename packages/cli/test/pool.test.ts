import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FakeComfyui,
  type FakeComfyuiOptions,
  startFakeComfyui,
  startFakeRunpod,
} from '@comfygen/executors/testing';
import { sqliteStore } from 'comfygen/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PIXEL, WORKFLOW } from './fixtures.ts';
import { runCli, tempFolder } from './run-cli.ts';

const MODELS = { checkpoints: ['base.safetensors'], loras: [], vae: [] };
const LIBRARY = ['--flows', 'my-flow.json', '--only'];
const GENERATE = ['generate', 'a red fox', '--json', '--quiet', '--scorer', 'none', ...LIBRARY];

async function server(options: FakeComfyuiOptions = {}): Promise<FakeComfyui> {
  const fake = await startFakeComfyui({ models: MODELS, ...options });
  onTestFinished(() => fake.close());
  return fake;
}

async function folder(config?: object): Promise<string> {
  const cwd = await tempFolder();
  await writeFile(join(cwd, 'my-flow.json'), WORKFLOW);
  if (config) await writeFile(join(cwd, 'comfygen.config.json'), JSON.stringify(config));
  return cwd;
}

/** Jobs on `size` servers none of which goes on before each of them has one at work. */
function createMeeting(size: number): () => FakeComfyuiOptions['run'] {
  const there = new Set<number>();
  let meet = () => {};
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  let servers = 0;
  return () => {
    const own = servers++;
    return async (job) => {
      there.add(own);
      if (there.size === size) meet();
      await met;
      job.start('7');
      job.finish('7', { images: [job.save(Buffer.from(PIXEL, 'base64'), 'cli', 'output')] });
    };
  };
}

/** The name that a member with this address has. */
const nameOf = ({ url }: FakeComfyui) => new URL(url).host.replaceAll(/[.:]/g, '-');
const urls = (...fakes: FakeComfyui[]) => fakes.flatMap(({ url }) => ['--url', url]);

describe('generate on several servers', () => {
  it('by their addresses alone: the one that lives makes the picture', async () => {
    const [down, up] = [await server(), await server()];
    await down.kill();
    const cwd = await folder();
    const { code, stdout, stderr } = await runCli([...GENERATE, ...urls(down, up)], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ executor: 'pool' });
    expect(up.count('POST /api/prompt')).toBe(1);
  });

  it('says of each why it takes no job, where all are down', async () => {
    const [one, other] = [await server(), await server()];
    await Promise.all([one.kill(), other.kill()]);
    const { code, stdout } = await runCli([...GENERATE, ...urls(one, other)], {
      cwd: await folder(),
    });
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'UNAVAILABLE']);
    for (const fake of [one, other]) expect(stdout).toContain(`${nameOf(fake)}: `);
  });

  it('has all of them at work at once', async () => {
    const meeting = createMeeting(2);
    const [one, other] = [await server({ run: meeting() }), await server({ run: meeting() })];
    const cwd = await folder();
    const flow = join(cwd, 'flows', 'my-single');
    await mkdir(flow, { recursive: true });
    await writeFile(join(flow, 'workflow.json'), WORKFLOW);
    // Without a slot for it each picture is a job of its own.
    await writeFile(join(flow, 'flow.json'), '{ "slots": { "batchSize": [] } }');
    const single = ['--flow', 'my-single', '--flows', 'flows', '--count', '4'];
    const args = [...GENERATE, ...single, '--executor', 'pool', ...urls(one, other)];
    const { code, stdout } = await runCli(args, { cwd });
    expect([code, JSON.parse(stdout).images.length]).toEqual([0, 4]);
  });

  it('gives each member the options of the run, and what it says to them', async () => {
    const cwd = await folder();
    const args = [...GENERATE, '--strict', ...urls(await server(), await server())];
    const { code, stdout } = await runCli(args, { cwd });
    expect([code, JSON.parse(stdout).error]).toMatchObject([
      2,
      { code: 'INVALID_OPTIONS', message: expect.stringContaining('strict') },
    ]);
  });

  it('and of services, by the config file: members, their options, and the pool’s own', async () => {
    const key = 'planted-key-0123456789';
    const fake = await startFakeRunpod({ apiKey: key });
    onTestFinished(() => fake.close());
    const comfy = await server({ models: { ...MODELS, checkpoints: [] } });
    const runpod = { baseUrl: fake.url, endpointId: fake.endpointId };
    const cwd = await folder({
      executor: 'pool',
      executorOptions: {
        maxReruns: 0,
        members: [comfy.url, { executor: 'runpod', name: 'cloud', options: runpod }],
      },
    });
    await writeFile(join(cwd, 'my-flow.json'), WORKFLOW.replace('base.', 'model.'));
    const made = await runCli(GENERATE, { cwd, env: { RUNPOD_API_KEY: key } });
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).not.toContain(key);
    const store = sqliteStore(join(cwd, '.comfygen', 'comfygen.db'));
    onTestFinished(() => store.close());
    const kept: unknown[] = [];
    for await (const { ref } of store.jobs.list()) kept.push(ref);
    expect(kept).toMatchObject([{ executor: 'pool', data: { member: 'cloud' } }]);
    // Not all members can say what they have.
    const models = await runCli(['models', 'list'], { cwd, env: { RUNPOD_API_KEY: key } });
    expect([models.code, models.stderr]).toEqual([1, expect.stringContaining('UNSUPPORTED')]);
  });
});

describe('jobs of a pool', () => {
  it('are found at their member, whichever way the servers are named', async () => {
    const [one, other] = [await server(), await server()];
    const cwd = await folder();
    await runCli([...GENERATE, ...urls(one, other)], { cwd });
    const { stdout } = await runCli(['jobs', 'list', '--json'], { cwd });
    const [{ id, executor }] = JSON.parse(stdout).jobs;
    expect(executor).toBe('pool');
    const shown = await runCli(['jobs', 'show', id, ...urls(other, one)], { cwd });
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    const name = one.count('POST /api/prompt') === 1 ? nameOf(one) : nameOf(other);
    expect(shown.stdout).toContain(`pool: ${name}`);
    expect(shown.stdout).toContain(`--url ${other.url} --url ${one.url}`);
    const resume = ['jobs', 'resume', id, '--out', 'fox.png', '--quiet'];
    expect((await runCli([...resume, ...urls(other, one)], { cwd })).code).toBe(0);
    expect((await readFile(join(cwd, 'fox.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('are found by the config file, also under a name of its own', async () => {
    const members = [(await server()).url, (await server()).url];
    const cwd = await folder({ executor: 'pool', executorOptions: { name: 'gpus', members } });
    expect((await runCli(GENERATE, { cwd })).code).toBe(0);
    const [{ id, executor }] = JSON.parse(
      (await runCli(['jobs', 'list', '--json'], { cwd })).stdout,
    ).jobs;
    const { code, stdout } = await runCli(['jobs', 'show', id, '--json'], { cwd });
    expect([executor, code, JSON.parse(stdout).state]).toEqual(['gpus', 0, 'succeeded']);
  });

  it('ask for the servers where none, or the wrong one, is named', async () => {
    const [one, other] = [await server(), await server()];
    const cwd = await folder();
    await runCli([...GENERATE, '--executor', 'pool', '--url', one.url], { cwd });
    const { stdout } = await runCli(['jobs', 'list', '--json'], { cwd });
    const [{ id }] = JSON.parse(stdout).jobs;
    const none = await runCli(['jobs', 'show', id], { cwd });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--url ADDRESS')]);
    const wrong = await runCli(['jobs', 'show', id, '--url', other.url], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('MISSING_SETTING')]);
    expect(wrong.stderr).toContain(nameOf(one));
    expect(wrong.stderr).toContain('--url ADDRESS');
  });
});

describe('what a pool has', () => {
  it('models list: the files of all, and who did not say', async () => {
    const one = await server();
    const other = await server({ models: { ...MODELS, checkpoints: ['other.safetensors'] } });
    const down = await server();
    await down.kill();
    const cwd = await folder();
    const args = ['models', 'list', '--json', ...urls(one, other, down)];
    const { code, stdout } = await runCli(args, { cwd });
    const { folders, warnings } = JSON.parse(stdout);
    const files = folders.find((found: { folder: string }) => found.folder === 'checkpoints').files;
    expect([code, files]).toEqual([
      0,
      [{ file: 'base.safetensors' }, { file: 'other.safetensors' }],
    ]);
    expect(warnings).toMatchObject([
      { code: 'member-silent', details: { member: nameOf(down) }, message: /./ },
    ]);
  });

  it('doctor: each member of the config file, and each server that is named', async () => {
    const [up, down] = [await server(), await server()];
    await down.kill();
    const members = [up.url, { executor: 'comfyui', name: 'gpu-2', options: { url: down.url } }];
    const config = { executor: 'pool', executorOptions: { members }, flows: 'my-flow.json' };
    const cwd = await folder({ ...config, only: true });
    const { code, stdout } = await runCli(['doctor', '--json', ...urls(up, down)], { cwd });
    const report = JSON.parse(stdout);
    expect([code, report.executor, report.flows.length]).toEqual([0, 'pool', 1]);
    expect(report.members).toMatchObject([
      { name: nameOf(up), executor: 'comfyui', source: 'ComfyUI 0.33.0', problem: null },
      { name: 'gpu-2', executor: 'comfyui', source: null, problem: expect.any(String) },
    ]);
    expect(report.servers).toMatchObject([{ reachable: true }, { reachable: false }]);
    const { stdout: told } = await runCli(['doctor'], { cwd });
    expect(told).toContain(`✓ ${nameOf(up)} (comfyui): ComfyUI 0.33.0`);
    expect(told).toContain('✗ gpu-2 (comfyui): ');
  });

  it('doctor tells of an executor that does not answer, and goes on', async () => {
    const down = await server();
    await down.kill();
    const cwd = await folder({ url: down.url });
    const { code, stdout } = await runCli(['doctor'], { cwd });
    expect([code, stdout]).toEqual([1, expect.stringContaining('comfyui did not say what it has')]);
  });
});

describe('a pool that can’t be', () => {
  const address = 'http://127.0.0.1:9';

  it.each([
    ['no member', ['--executor', 'pool'], {}, '--url ADDRESS'],
    ['one server twice', ['--url', address, '--url', address], {}, '127-0-0-1-9'],
    ['two for one', ['--executor', 'comfyui', '--url', address, '--url', address], {}, 'pool'],
    ['both', ['--url', address], { members: [address] }, '--executor comfyui'],
    ['an odd list', [], { members: 'gpu' }, 'must be a list of addresses'],
    ['an odd member', [], { members: [{ executor: 'comfyui', speed: 2 }] }, 'speed'],
    ['a wrong name', [], { members: [{ executor: 'comfyu' }] }, 'Did you mean comfyui?'],
    ['the factory’s key', [], { executors: [] }, 'members'],
    ['an odd option', [], { members: [address], spares: 1 }, 'spares'],
  ])('%s: says what to do', async (_, args, executorOptions, said) => {
    const own = Object.keys(executorOptions).length > 0;
    const cwd = await folder(own ? { executor: 'pool', executorOptions } : undefined);
    const { code, stdout } = await runCli([...GENERATE, ...args], { cwd });
    expect([code, stdout]).toEqual([2, expect.stringContaining(said)]);
    expect(JSON.parse(stdout).error.code).toBe('INVALID_OPTIONS');
  });
});
