import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UI_WORKFLOW, WORKFLOW } from './fixtures.ts';
import { runCli, tempFolder } from './run-cli.ts';

/** A folder of exports: one good, one with a node that core lacks, and two that are none. */
async function exports(): Promise<string> {
  const cwd = await tempFolder();
  const folder = join(cwd, 'exports');
  await mkdir(folder);
  const files = {
    'house.json': WORKFLOW,
    'odd.json': WORKFLOW.replace('VAEDecode', 'MyDecode'),
    'editor.json': UI_WORKFLOW,
    'loose.json': WORKFLOW.replace('["5", 0]', '["55", 0]'),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return cwd;
}

describe('flows list', () => {
  it('lists what can run here, in a table or as JSON', async () => {
    const { code, stdout, stderr } = await runCli(['flows', 'list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ID +TITLE +MODEL +TAGS\n/);
    expect(stdout).toMatch(/\n\d+ flows can run on embedded; \d+ more with --all\n$/);
    const { executor, flows } = JSON.parse((await runCli(['flows', 'list', '--json'])).stdout);
    expect(executor).toBe('embedded');
    expect(flows.length).toBeGreaterThanOrEqual(12);
    expect(flows.every(({ canRun }: { canRun: boolean }) => canRun)).toBe(true);
  });

  it('says with --all what the others need, and fits a narrow terminal', async () => {
    const args = ['flows', 'list', '--all'];
    const { stdout } = await runCli(args, { env: { COLUMNS: '60' } });
    expect(stdout).toMatch(/sdxl-base .* needs/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(63);
  });

  it('finds tags by their last word, and names the tags where none fits', async () => {
    const { stdout } = await runCli(['flows', 'list', '--tag', 'animals']);
    expect(stdout).toContain('category:animals');
    const none = await runCli(['flows', 'list', '--tag', 'cubism']);
    expect(none).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 flows tagged cubism'),
    });
    expect(none.stderr).toContain('→ The tags are: ');
  });

  it('takes a folder of the user’s own exports, and says what it left out', async () => {
    const args = ['flows', 'list', '--flows', 'exports', '--only', '--all'];
    const { code, stdout, stderr } = await runCli(args, { cwd: await exports() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nhouse .*needs 1 model/);
    expect(stderr).toMatch(/editor\.json\s+is\s+left\s+out:\s+This\s+is\s+a\s+workflow\s+in\s+UI/);
  });
});

describe('flows show', () => {
  it('tells everything about one flow', async () => {
    const { code, stdout } = await runCli(['flows', 'show', 'sdxl-base']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sdxl-base · /);
    for (const label of ['Models', 'Samplers', 'Slots', 'Verified', 'On embedded'])
      expect(stdout).toMatch(new RegExp(`^ +${label} `, 'm'));
    const json = JSON.parse((await runCli(['flows', 'show', 'sdxl-base', '--json'])).stdout);
    expect(json).toMatchObject({ id: 'sdxl-base', check: { executor: 'embedded', canRun: false } });
  });

  it('offers the nearest name for one that is not there', async () => {
    const { code, stderr } = await runCli(['flows', 'show', 'sdxl-bass']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error NO_FLOW: .*Did you mean sdxl-base\?\n {2}→ /);
  });
});

describe('flows check', () => {
  it('passes the whole library', async () => {
    const { code, stdout } = await runCli(['flows', 'check']);
    expect(stdout).toMatch(/\n\d+ workflows, all well; model files were not looked for\n$/);
    expect(code).toBe(0);
  });

  it('names each file that is no flow, and each node that it knows nothing of', async () => {
    const cwd = await exports();
    const { code, stdout } = await runCli(['flows', 'check', 'exports'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ house/m);
    expect(stdout).toMatch(/^✗ odd .*\n {2}✗ 6 {2}missing-node\n/m);
    expect(stdout).toMatch(/^✗ .*editor\.json\n {4}This is a workflow in UI format/m);
    expect(stdout).toMatch(
      /^✗ .*loose\.json\n {4}Node 6 \(VAEDecode\)\.samples is linked to node 55/m,
    );
    const json = await runCli(['flows', 'check', 'exports', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, skipped: [{}, {}] });
  });

  it('fails for a flow that takes no prompt', async () => {
    const cwd = await tempFolder();
    const graph = {
      '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
      '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
    };
    await writeFile(join(cwd, 'mute.json'), JSON.stringify(graph));
    const { code, stdout } = await runCli(['flows', 'check', 'mute.json'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/no-prompt-slot\n +No input of this workflow takes the prompt/);
  });
});
