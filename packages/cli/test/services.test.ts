import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  startFakeComfyApi,
  startFakeComfyicu,
  startFakeReplicate,
  startFakeRunpod,
} from '@comfygen/executors/testing';
import { createTestGraph } from 'comfygen/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli, tempFolder } from './run-cli.ts';

const KEY = 'planted-key-0123456789';
const ARGS = ['generate', 'a red fox', '--json', '--quiet', '--flows', 'my-flow.json', '--only'];

async function folder(config: object): Promise<string> {
  const cwd = await tempFolder();
  await writeFile(join(cwd, 'my-flow.json'), JSON.stringify(createTestGraph()));
  await writeFile(join(cwd, 'comfygen.config.json'), JSON.stringify(config));
  return cwd;
}

describe('generate on a service', () => {
  it('Replicate: the key of the environment, settings of the config file', async () => {
    const fake = await startFakeReplicate({ token: KEY });
    onTestFinished(() => fake.close());
    const executorOptions = { baseUrl: fake.url, version: fake.version };
    const cwd = await folder({ executor: 'replicate', executorOptions });
    const { code, stdout, stderr } = await runCli(ARGS, { cwd, env: { REPLICATE_API_TOKEN: KEY } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).executor).toBe('replicate');
    expect(stdout).not.toContain(KEY);
  });

  it('ComfyICU: the same, and a public run is said', async () => {
    const fake = await startFakeComfyicu({ apiKey: KEY });
    onTestFinished(() => fake.close());
    const executorOptions = { baseUrl: fake.url, workflowId: fake.workflowId };
    const cwd = await folder({ executor: 'comfyicu', executorOptions });
    const { code, stdout } = await runCli(ARGS, { cwd, env: { COMFYICU_API_KEY: KEY } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ executor: 'comfyicu' });
    expect(stdout).toContain('public-run');
  });

  it('Comfy API: a server of one’s own by its address', async () => {
    const fake = await startFakeComfyApi();
    onTestFinished(() => fake.close());
    const cwd = await folder({});
    const args = [...ARGS, '--executor', 'comfy-api', '--url', fake.url];
    const { code, stdout, stderr } = await runCli(args, { cwd, env: { COMFY_API_KEY: KEY } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).executor).toBe('comfy-api');
    // The environment's key is for Comfy's own hosts.
    for (const { headers } of fake.requests) expect(headers['authorization']).toBeUndefined();
  });

  it('RunPod: key and endpoint of the environment', async () => {
    const fake = await startFakeRunpod({ apiKey: KEY });
    onTestFinished(() => fake.close());
    const cwd = await folder({});
    const args = [...ARGS, '--executor', 'runpod', '--url', fake.url];
    const env = { RUNPOD_API_KEY: KEY, RUNPOD_ENDPOINT_ID: fake.endpointId };
    const { code, stdout, stderr } = await runCli(args, { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).executor).toBe('runpod');
    expect(stdout).not.toContain(KEY);
  });

  it('without a key says which variable is missing', async () => {
    const cwd = await folder({});
    const args = [...ARGS, '--executor', 'replicate'];
    const { code, stdout } = await runCli(args, { cwd, env: { REPLICATE_API_TOKEN: '' } });
    expect(code).not.toBe(0);
    expect(stdout).toContain('REPLICATE_API_TOKEN');
  });
});
