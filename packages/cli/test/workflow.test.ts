import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UI_WORKFLOW, WORKFLOW } from './fixtures.ts';
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
    expect(JSON.parse(stdout)).toEqual({
      serverAccepts: 'no',
      safe: false,
      issues: [{ code: 'bad-node', nodeId: '2', level: 'error', message: expect.any(String) }],
    });
  });

  it('says without a server’s catalogue what it can not know', async () => {
    const input = WORKFLOW.replace('VAEDecode', 'MyDecode');
    const { code, stdout, stderr } = await runCli(['workflow', 'check', '-'], { input });
    expect(code).toBe(1);
    expect(stdout).toMatch(/a server accepts it +unknown/);
    expect(stdout).toContain('nothing is known here of the node class "MyDecode"');
    expect(stderr).toContain('--object-info info.json');
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

describe('a file that is no workflow', () => {
  it.each([
    ['not JSON', '{ "1": ', 'INVALID_WORKFLOW'],
    ['nothing', '', 'INVALID_WORKFLOW'],
    ['a list', '[1, 2]', 'INVALID_WORKFLOW'],
    ['the editor’s format', UI_WORKFLOW, 'UNSUPPORTED_FORMAT'],
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
    expect(stderr).toMatch(/^error FILE_ACCESS: .*nowhere\.json: it does not exist/);
  });
});
