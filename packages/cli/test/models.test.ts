import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WORKFLOW } from './fixtures.ts';
import { runCli, tempFolder } from './run-cli.ts';

const MODELS = { checkpoints: ['base.safetensors', 'xl\\other.safetensors'], loras: [], vae: [] };

async function setUp() {
  const fake = await startFakeComfyui({ models: MODELS });
  onTestFinished(() => fake.close());
  const cwd = await tempFolder();
  await writeFile(join(cwd, 'my-flow.json'), WORKFLOW);
  const graph = WORKFLOW.replace('base.safetensors', 'xl/other.safetensors');
  await writeFile(join(cwd, 'my-other.json'), graph);
  const flows = ['--flows', 'my-flow.json', '--flows', 'my-other.json', '--only'];
  return { cwd, args: ['models', 'list', '--url', fake.url, ...flows] };
}

describe('models list', () => {
  it('shows a server’s files by folder, and which are empty', async () => {
    const { cwd, args } = await setUp();
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^checkpoints\n {2}base\.safetensors\n {2}xl\\other\.safetensors\n/);
    expect(stdout).toMatch(/2 model files on ComfyUI 0\.33\.0; empty: .*loras/);
  });

  it('says which flows use each, whichever way the slashes lean', async () => {
    const { cwd, args } = await setUp();
    const used = [...args, '--used', '--folder', 'checkpoints'];
    expect((await runCli(used, { cwd })).stdout).toMatch(/base\.safetensors\n {4}for my-flow\n/);
    expect(JSON.parse((await runCli([...used, '--json'], { cwd })).stdout)).toMatchObject({
      executor: 'comfyui',
      source: 'ComfyUI 0.33.0',
      folders: [
        {
          folder: 'checkpoints',
          files: [
            { file: 'base.safetensors', usedBy: ['my-flow'] },
            { file: 'xl\\other.safetensors', usedBy: ['my-other'] },
          ],
        },
      ],
    });
  });

  it('fails for a folder that is not there, and an executor that does not tell', async () => {
    const { cwd, args } = await setUp();
    const wrong = await runCli([...args, '--folder', 'lora'], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Did you mean loras?')]);
    const silent = await runCli(['models', 'list', '--executor', 'replicate'], { cwd });
    expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining('UNSUPPORTED')]);
  });
});
