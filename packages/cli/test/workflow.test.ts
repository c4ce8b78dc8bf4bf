import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DRAWN, pngWith, UI_WORKFLOW, WORKFLOW } from './fixtures.ts';
import { runCli, tempFolder } from './run-cli.ts';

async function withFiles(files: Record<string, string>): Promise<string> {
  const folder = await tempFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('workflow slots', () => {
  it('names each input that a brief fills, with what stands there', async () => {
    const cwd = await withFiles({ 'house.json': WORKFLOW });
    const { code, stdout } = await runCli(['workflow', 'slots', 'house.json'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('2.text of CLIPTextEncode = "a house"');
    expect(stdout).toContain('5.seed of KSampler = 18446744073709551615');
  });

  it('reads stdin and prints JSON', async () => {
    const { stdout } = await runCli(['workflow', 'slots', '-', '--json'], { input: WORKFLOW });
    const { slots, components } = JSON.parse(stdout);
    expect(slots.prompt).toEqual([{ node: '2', input: 'text' }]);
    expect(components.checkpoints).toEqual(['base.safetensors']);
  });

  it('tells the inputs that can be set by name, with what they take, and with --all every value', async () => {
    const { stdout } = await runCli(['workflow', 'slots', '-'], { input: WORKFLOW });
    expect(stdout).toMatch(/steps = \d+, 1 to 10000 \(5\.steps\)/);
    expect(stdout).toMatch(/sampler = "euler", one of .* and\s+\d+\s+more/s);
    const all = await runCli(['workflow', 'slots', '-', '--all', '--json'], { input: WORKFLOW });
    const { inputs } = JSON.parse(all.stdout);
    const names = inputs.map(({ name }: { name: string }) => name);
    expect(names).toContain('cfg');
    expect(names.some((name: string) => name.endsWith('.filename_prefix'))).toBe(true);
    expect(inputs.find(({ name }: { name: string }) => name === 'cfg')).toMatchObject({
      type: 'FLOAT',
      min: 0,
      max: 100,
    });
  });
});

describe('workflow bind', () => {
  it('fills what is asked for and leaves the rest as it is', async () => {
    const args = ['workflow', 'bind', '-', '--prompt', 'a fox', '--width', '640'];
    const { code, stdout } = await runCli(args, { input: WORKFLOW });
    expect(code).toBe(0);
    const expected = WORKFLOW.replace('a house', 'a fox').replace('"width": 512', '"width": 640');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(expected));
    expect(stdout).toContain('18446744073709551615');
  });

  it('sets inputs by name and by node.input, held to what they take', async () => {
    const args = ['workflow', 'bind', '-', '--prompt', 'a fox', '--input', 'steps=31'];
    const { stdout } = await runCli([...args, '-i', '5.cfg=3.5'], { input: WORKFLOW });
    expect(JSON.parse(stdout)['5'].inputs).toMatchObject({ steps: 31, cfg: 3.5 });
    const refused = await runCli([...args, '-i', 'sampler=eular'], { input: WORKFLOW });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('did you mean "euler"?');
  });

  it('writes large seeds exactly', async () => {
    const args = ['workflow', 'bind', '-', '--prompt', 'a fox', '--seed', '18446744073709551614'];
    const { stdout } = await runCli(args, { input: WORKFLOW });
    expect(stdout).toContain('"seed": 18446744073709551614');
  });
});

describe('workflow check', () => {
  it('passes a good file', async () => {
    const { code, stdout } = await runCli(['workflow', 'check', '-', '--json'], {
      input: WORKFLOW,
    });
    expect(JSON.parse(stdout)).toMatchObject({ serverAccepts: 'yes', safe: true });
    expect(code).toBe(0);
  });

  it('exits 1 and names the place where it is not', async () => {
    const input = WORKFLOW.replace('"steps": 20', '"steps": "many"');
    const { code, stdout } = await runCli(['workflow', 'check', '-', '--json'], { input });
    expect(code).toBe(1);
    const { serverAccepts, issues } = JSON.parse(stdout);
    expect(serverAccepts).toBe('no');
    expect(issues).toContainEqual(
      expect.objectContaining({ nodeId: '5', input: 'steps', level: 'error' }),
    );
    const text = await runCli(['workflow', 'check', '-'], { input });
    expect(text.stdout).toContain('5.steps');
  });

  it('gives a verdict on what other commands refuse', async () => {
    const input = '{"1": {"class_type": "SaveImage", "inputs": {"images": ["9", 0]}}, "2": 5}';
    const { code, stdout } = await runCli(['workflow', 'check', '-', '--json'], { input });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'comfygen/workflow-check@1',
      serverAccepts: 'no',
      safe: false,
      issues: [{ code: 'bad-node', nodeId: '2', level: 'error', message: expect.any(String) }],
    });
  });

  it('says without a server’s catalogue what it can not know', async () => {
    const input = WORKFLOW.replace('VAEDecode', 'MyDecode');
    const { code, stdout, stderr } = await runCli(['workflow', 'check', '-'], { input });
    expect(code).toBe(0);
    expect(stdout).toMatch(/a server accepts it +unknown/);
    expect(stdout).toContain('Node 6 was not checked');
    expect(stderr).toContain('Held against the 633 classes that ComfyUI 0.33.0 has');
    expect(stderr).toContain('--url http://127.0.0.1:8188');
  });

  it('checks against a server’s own catalogue', async () => {
    const cwd = await withFiles({ 'w.json': WORKFLOW, 'info.json': '{}', 'bad.json': '[]' });
    const check = (info: string) =>
      runCli(['workflow', 'check', 'w.json', '--json', '--object-info', info], { cwd });
    const { code, stdout } = await check('info.json');
    expect(code).toBe(1);
    expect(stdout).toContain('KSampler');
    const bad = await check('bad.json');
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('/object_info');
    expect((await check('w.json')).stderr).toContain('w.json is no answer of GET /object_info');
  });
});

describe('workflow diff', () => {
  it('exits 0 where nothing differs and 1 where something does', async () => {
    const cwd = await withFiles({
      'a.json': WORKFLOW,
      'b.json': WORKFLOW.replace('"cfg": 7', '"cfg": 5'),
    });
    expect((await runCli(['workflow', 'diff', 'a.json', 'a.json'], { cwd })).code).toBe(0);
    const { code, stdout } = await runCli(['workflow', 'diff', 'a.json', 'b.json'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/cfg.*7.*5/s);
  });
});

describe('workflow convert', () => {
  const slot = (name: string, type: string, link: number) => ({ name, type, link });
  const drawn = JSON.stringify({
    ...{ version: 0.4, last_node_id: 3, last_link_id: 2 },
    nodes: [
      { id: 1, type: 'EmptyLatentImage', widgets_values: [640, 512, 1] },
      {
        ...{ id: 2, type: 'VAEDecode', title: 'Decode' },
        inputs: [slot('samples', 'LATENT', 1), slot('vae', 'VAE', 3)],
      },
      { id: 3, type: 'SaveImage', inputs: [slot('images', 'IMAGE', 2)] },
      { id: 4, type: 'VAELoader', widgets_values: ['v.safetensors'], outputs: [] },
      { id: 5, type: 'Note', widgets_values: ['hello'] },
    ],
    links: [
      [1, 1, 0, 2, 0, 'LATENT'],
      [2, 2, 0, 3, 0, 'IMAGE'],
      [3, 4, 0, 2, 1, 'VAE'],
    ],
  });
  const api = {
    1: {
      class_type: 'EmptyLatentImage',
      inputs: { width: 640, height: 512, batch_size: 1 },
      _meta: { title: 'EmptyLatentImage' },
    },
    2: {
      class_type: 'VAEDecode',
      inputs: { samples: ['1', 0], vae: ['4', 0] },
      _meta: { title: 'Decode' },
    },
    3: {
      class_type: 'SaveImage',
      inputs: { filename_prefix: 'ComfyUI', images: ['2', 0] },
      _meta: { title: 'SaveImage' },
    },
    4: {
      class_type: 'VAELoader',
      inputs: { vae_name: 'v.safetensors' },
      _meta: { title: 'VAELoader' },
    },
  };
  const info = JSON.stringify({
    ...coreCatalogue,
    ...Object.fromEntries(
      ['EmptyLatentImage', 'VAEDecode', 'SaveImage', 'VAELoader'].map((name) => [
        name,
        { ...coreCatalogue[name], display_name: name },
      ]),
    ),
  });
  const convert = (cwd: string, ...args: string[]) =>
    runCli(['workflow', 'convert', ...args, '--object-info', 'info.json'], { cwd, input: drawn });

  it('prints API format on stdout and what was set on stderr, from a file or stdin', async () => {
    const cwd = await withFiles({ 'drawn.json': drawn, 'info.json': info });
    for (const source of ['drawn.json', '-']) {
      const { code, stdout, stderr } = await convert(cwd, source);
      expect({ code, workflow: JSON.parse(stdout) }).toEqual({ code: 0, workflow: api });
      expect(stderr).toContain('Node 3 (SaveImage).filename_prefix');
    }
  });

  it('reads a picture, writes a file, and replaces one only when told', async () => {
    const cwd = await withFiles({ 'info.json': info });
    await writeFile(join(cwd, 'picture.png'), pngWith({ prompt: WORKFLOW, workflow: drawn }));
    const first = await convert(cwd, 'picture.png', '--out', 'api.json');
    expect({ code: first.code, stdout: first.stdout }).toEqual({ code: 0, stdout: '' });
    expect(JSON.parse(await readFile(join(cwd, 'api.json'), 'utf8'))).toEqual(api);
    const again = await convert(cwd, 'picture.png', '--out', 'api.json');
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^error FILE_ACCESS: .*api\.json is there already/);
    expect((await convert(cwd, 'picture.png', '--out', 'api.json', '--force')).code).toBe(0);
  });

  it('reads an address', async () => {
    const cwd = await withFiles({ 'info.json': info });
    const server = createServer((_, response) => response.end(drawn));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await convert(cwd, `http://127.0.0.1:${port}/drawn.json?key=abc`);
    expect({ code, workflow: JSON.parse(stdout) }).toEqual({ code: 0, workflow: api });
  });

  it.each([
    ['API format', WORKFLOW, 'UNSUPPORTED_FORMAT', 'comfygen workflow check x.json'],
    ['a class that is missing', drawn.replace('VAEDecode', 'Mystery'), 'MISSING_NODE', 'Mystery'],
    ['a group node', drawn.replace('VAEDecode', 'workflow>Old'), 'UNSUPPORTED_FORMAT', '"Old"'],
    ['no workflow', '[1]', 'INVALID_WORKFLOW', 'save it again'],
  ])('refuses %s', async (_what, text, errorCode, said) => {
    const cwd = await withFiles({ 'x.json': text, 'info.json': info });
    const { code, stdout, stderr } = await convert(cwd, 'x.json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error ${errorCode}: x.json: `));
    expect(stderr).toContain(said);
  });

  it('takes ComfyUI’s own classes where no server is named, and says so', async () => {
    const { code, stderr } = await runCli(['workflow', 'convert', '-'], { input: drawn });
    expect(code).toBe(0);
    expect(stderr).toContain('Converted by the 633 classes');
    const strange = drawn.replace('VAEDecode', 'Mystery');
    const missing = await runCli(['workflow', 'convert', '-'], { input: strange });
    expect(missing.stderr).toMatch(/MISSING_NODE: .*Mystery.*\n {2}→ .*--url ADDRESS/);
  });

  it('never names itself in the advice after an error', async () => {
    for (const input of ['{', '[1]', WORKFLOW, drawn.replace('VAEDecode', 'workflow>Old')]) {
      const { code, stderr } = await runCli(['workflow', 'convert', '-'], { input });
      expect(code).toBe(1);
      expect(stderr).not.toContain('comfygen workflow convert');
    }
  });
});

describe('files of the editor and pictures', () => {
  it('are taken wherever a graph is, converted and said so', async () => {
    const cwd = await withFiles({ 'drawn.json': DRAWN });
    await writeFile(join(cwd, 'made.png'), pngWith({ prompt: WORKFLOW, workflow: DRAWN }));
    await writeFile(join(cwd, 'drawn.png'), pngWith({ workflow: DRAWN }));
    const made = await runCli(['workflow', 'slots', 'made.png'], { cwd });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('2.text of CLIPTextEncode = "a house"');
    for (const args of [
      ['check', 'drawn.json'],
      ['slots', 'drawn.png'],
      ['diff', 'drawn.json', 'drawn.png'],
    ]) {
      const { code, stderr } = await runCli(['workflow', ...args], { cwd });
      expect(code).toBe(0);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
        `${args[1]} is in the editor’s format; it was converted by the 633 classes`,
      );
    }
  });

  it('are converted by the server that is named', async () => {
    const { VAEDecode, ...rest } = coreCatalogue;
    const info = JSON.stringify({ ...rest, Decoder: VAEDecode });
    const cwd = await withFiles({
      'x.json': DRAWN.replace('VAEDecode', 'Decoder'),
      'i.json': info,
    });
    expect((await runCli(['workflow', 'slots', 'x.json'], { cwd })).stderr).toContain('Decoder');
    const args = ['workflow', 'check', 'x.json', '--object-info', 'i.json'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}✗ 4\.vae_name {2}missing-model$/m);
    expect(stderr).toContain('converted by i.json');
  });
});

describe('a file that is no workflow', () => {
  it.each([
    ['not JSON', '{ "1": ', 'INVALID_WORKFLOW'],
    ['nothing', '', 'INVALID_WORKFLOW'],
    ['a list', '[1, 2]', 'INVALID_WORKFLOW'],
    ['a drawing that can’t run', UI_WORKFLOW, 'INVALID_WORKFLOW'],
  ])('%s', async (_what, text, errorCode) => {
    const cwd = await withFiles({ 'x.json': text });
    const { code, stdout, stderr } = await runCli(['workflow', 'slots', 'x.json'], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error ${errorCode}: x.json: `));
    expect(stderr).toContain('→');
  });

  it('is missing', async () => {
    const { code, stderr } = await runCli(['workflow', 'slots', 'nowhere.json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error FILE_ACCESS: .*nowhere\.json: there is no such file/);
  });
});
