import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WORKFLOW } from './fixtures.ts';
import { runCli, tempFolder } from './run-cli.ts';

const PAGE = 'https://huggingface.co/a/b/blob/main/gone.safetensors';
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

  it('names the files that flows need and it lacks, those of node packs too', async () => {
    const { cwd, args } = await setUp();
    const graph = WORKFLOW.replace('base.safetensors', 'gone.safetensors').replace(
      '"7":',
      '"8": { "class_type": "Odd Loader", "inputs": { "name": "q4.gguf" } }, "7":',
    );
    await writeFile(join(cwd, 'lacks.json'), graph);
    const models = [{ folder: 'checkpoints', file: 'gone.safetensors', url: PAGE }];
    await writeFile(join(cwd, 'lacks.flow.json'), JSON.stringify({ models }));
    const missing = [...args, '--flows', 'lacks.json', '--missing'];
    const { code, stdout } = await runCli(missing, { cwd });
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'checkpoints/gone.safetensors',
        '  https://huggingface.co/a/b/resolve/main/gone.safetensors',
        '  for lacks',
        'q4.gguf (folder not known)',
        '  address not known',
        '  whether comfyui has it is not known; for lacks',
        '',
        '2 files not known to be on comfyui',
        '',
      ].join('\n'),
    );
    const json = JSON.parse((await runCli([...missing, '--json'], { cwd })).stdout);
    expect(json.missing).toMatchObject([{ isSure: true, neededBy: ['lacks'] }, { isSure: false }]);
  });

  it('fails for a folder that is not there, and an executor that does not tell', async () => {
    const { cwd, args } = await setUp();
    const wrong = await runCli([...args, '--folder', 'lora'], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Did you mean loras?')]);
    const silent = await runCli(['models', 'list', '--executor', 'replicate'], { cwd });
    expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining('UNSUPPORTED')]);
  });
});
