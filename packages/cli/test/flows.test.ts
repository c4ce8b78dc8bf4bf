import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { describe, expect, it } from 'vitest';
import { DRAWN, pngWith, UI_WORKFLOW, WORKFLOW } from './fixtures.ts';
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

/** What a server answers that has no node packs, no files and not these classes. */
const serverOf = (...lacked: string[]) =>
  Object.fromEntries(Object.entries(coreCatalogue).filter(([name]) => !lacked.includes(name)));

interface Listed {
  id: string;
  missing: { classes: string[] };
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
    expect(stderr).toMatch(/editor\.json\s+is\s+left\s+out:\s+No\s+output\s+can\s+run/);
  });

  it('converts files of the editor on the way in, and says so', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'drawn.json'), DRAWN);
    const args = ['flows', 'list', '--flows', '.', '--only', '--all'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\ndrawn .*needs 1 model/);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'drawn.json is in the editor’s format; it was converted by the classes of embedded. What was changed: comfygen workflow convert ',
    );
  });

  it('holds them against what a server has answered', async () => {
    const cwd = await exports();
    await writeFile(join(cwd, 'info.json'), JSON.stringify(serverOf('VAEDecode')));
    const args = ['flows', 'list', '--flows', 'exports', '--only', '--all', '--json'];
    const { stdout } = await runCli([...args, '--object-info', 'info.json'], { cwd });
    const { flows, executor } = JSON.parse(stdout);
    expect(executor).toBe('info.json');
    const missing = flows.map((flow: Listed) => [flow.id, flow.missing.classes]);
    expect(missing).toEqual([
      ['house', ['VAEDecode']],
      ['odd', ['MyDecode']],
    ]);
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
    expect(stdout).toMatch(/^✓ odd .*\n {2}! 6 {2}missing-node\n {4}Node 6 was not checked/m);
    expect(stdout).toMatch(/^✗ .*editor\.json\n {4}No output can run: Node 1 \(KSampler\)/m);
    expect(stdout).toMatch(
      /^✗ .*loose\.json\n {4}Node 6 \(VAEDecode\)\.samples is linked to node 55/m,
    );
    const json = await runCli(['flows', 'check', 'exports', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, skipped: [{}, {}] });
  });

  it('holds flows against the server that is named', async () => {
    const cwd = await exports();
    await writeFile(join(cwd, 'info.json'), JSON.stringify(serverOf()));
    const args = ['flows', 'check', 'exports', '--object-info', 'info.json'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ odd .*\n {2}✗ 6 {2}missing-node\n {4}Node 6: the server has no/m);
    expect(stdout).toMatch(/^✗ house .*\n {2}✗ 1\.ckpt_name {2}missing-model\n/m);
    expect(stderr).not.toContain('Held against');
  });

  it('holds them against it as a run sends them', async () => {
    const cwd = await tempFolder();
    const files = {
      'filled.json': WORKFLOW.replace(/"seed": \d+/, '"seed": "%seed%"').replace(
        /"([\w-]+\.safetensors)"/,
        '"a/$1"',
      ),
      'wide.json': WORKFLOW,
      'wide.flow.json': JSON.stringify({ defaults: { width: 20_000 } }),
    };
    await mkdir(join(cwd, 'own'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, 'own', name), text);
    const [, file] = /"([\w-]+\.safetensors)"/.exec(WORKFLOW)!;
    const loader = { required: { ckpt_name: [[`a\\${file}`, file]] } };
    const CheckpointLoaderSimple = { ...coreCatalogue['CheckpointLoaderSimple'], input: loader };
    const info = { ...serverOf(), CheckpointLoaderSimple };
    await writeFile(join(cwd, 'info.json'), JSON.stringify(info));
    const { stdout } = await runCli(['flows', 'check', 'own', '--object-info', 'info.json'], {
      cwd,
    });
    expect(stdout).toMatch(/^✓ filled /m);
    expect(stdout).toMatch(/^✗ wide .*\n {2}✗ not-bound\n {4}The width must be a whole number/m);
  });

  it('names the node packs of missing classes by a list that is given', async () => {
    const cwd = await exports();
    const map = {
      'https://example.com/decoders': [['MyDecode', 'Other'], { title_aux: 'Decoders' }],
      'https://example.com/mine': [[], { title_aux: 'Mine', nodename_pattern: '^My' }],
      'https://example.com/others': [['Else'], {}],
    };
    await writeFile(join(cwd, 'map.json'), JSON.stringify(map));
    const args = ['flows', 'check', 'exports/odd.json', '--node-map'];
    const { code, stdout } = await runCli([...args, 'map.json'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Node packs\n  Decoders  https://example.com/decoders\n    MyDecode\n  Mine  https://example.com/mine\n    MyDecode\n',
    );
    const wrong = await runCli([...args, 'exports/house.json'], { cwd });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('extension-node-map')]);
  });

  it('lists every file of a folder in which none is a flow, and a file by itself', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, 'a.json'), '{"to":"do"}');
    await writeFile(join(cwd, 'b.png'), 'no picture');
    const { code, stdout } = await runCli(['flows', 'check', '.'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ .*a\.json\n {4}This is no workflow[^✗]*✗ .*b\.png\n/);
    const one = await runCli(['flows', 'check', 'a.json'], { cwd });
    expect(one).toMatchObject({ code: 1, stdout: expect.stringMatching(/^✗ .*a\.json\n/) });
    expect((await runCli(['flows', 'check', 'gone.json'], { cwd })).stderr).toContain(
      'FILE_ACCESS',
    );
  });

  it('takes files of one name, and a picture of a workflow that is there for no fault', async () => {
    const cwd = await tempFolder();
    for (const folder of ['fast', 'fine']) {
      await mkdir(join(cwd, folder));
      await writeFile(join(cwd, folder, 'portrait.json'), WORKFLOW);
    }
    const run = WORKFLOW.replace('a house', 'a hen');
    await writeFile(join(cwd, 'fine', 'a-hen.png'), pngWith({ prompt: run }));
    const { code, stdout, stderr } = await runCli(['flows', 'check', '.'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ fast-portrait .*\n✓ fine-portrait .*\n! .*a-hen\.png\n/);
    expect(stderr).toContain('another file has the name');
  });

  it('says that a flow takes no prompt, which is no fault of its file', async () => {
    const cwd = await tempFolder();
    const graph = {
      '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
      '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
    };
    await writeFile(join(cwd, 'mute.json'), JSON.stringify(graph));
    const { code, stdout } = await runCli(['flows', 'check', 'mute.json'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/no-prompt-slot\n +No input of this workflow takes the prompt/);
  });
});
