import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSource } from '../../test/fixtures.ts';
import { tempFolder } from '../../test/run-cli.ts';
import { loadConfig } from './load-config.ts';

async function withConfig(name: string, text: string): Promise<string> {
  const folder = await tempFolder();
  await writeFile(join(folder, name), text);
  return folder;
}

const load = async (name: string, text: string) =>
  loadConfig(await withConfig(name, text), undefined);

describe('loadConfig', () => {
  it('is empty where there is none', async () => {
    expect(await loadConfig(await tempFolder(), undefined)).toEqual({
      file: undefined,
      config: {},
    });
  });

  it('finds the nearest file upward; paths are relative to it', async () => {
    const folder = await withConfig(
      'comfygen.config.json',
      '{ "flows": ["mine", "https://example.com/a.json"], "out": "pictures/", "records": "r" }',
    );
    const deep = join(folder, 'a', 'b');
    await mkdir(deep, { recursive: true });
    expect(await loadConfig(deep, undefined)).toEqual({
      file: join(folder, 'comfygen.config.json'),
      config: {
        flows: [join(folder, 'mine'), 'https://example.com/a.json'],
        out: `${join(folder, 'pictures')}/`,
        records: join(folder, 'r'),
      },
    });
  });

  it('takes the given file instead', async () => {
    const folder = await withConfig('other.json', '{ "count": 3 }');
    expect((await loadConfig(folder, 'other.json')).config).toEqual({ count: 3 });
    await expect(loadConfig(folder, 'none.json')).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });

  it('takes parts as objects from a module', async () => {
    const { config } = await load('comfygen.config.mjs', configSource('easel'));
    expect(config.executor).toMatchObject({ name: 'easel' });
    expect(config.scorer).toMatchObject([{ name: 'taste' }]);
  });

  it('takes types in a .ts file, where this Node can strip them', async () => {
    const { config } = await load(
      'comfygen.config.ts',
      'const count: number = 2;\nexport default { count, strict: true };',
    );
    expect(config).toEqual({ count: 2, strict: true });
  });

  it.each([
    ['7', 7],
    ['"18446744073709551615"', 18446744073709551615n],
  ])('takes the seed %s exactly', async (text, seed) => {
    expect((await load('comfygen.config.json', `{ "seed": ${text} }`)).config.seed).toBe(seed);
  });

  it.each([
    ['{ "flowz": "a" }', /comfygen\.config\.json: unknown key "flowz" \(did you mean "flows"\?\)/],
    ['{ "count": 0 }', /"count"/],
    ['{ "width": 15 }', /"width"/],
    ['{ "seed": 18446744073709551615 }', /"seed".*as a string/],
    ['{ "seed": "x" }', /"seed".*whole number/],
    ['{ "executor": { "role": "scorer" } }', /"executor"/],
    ['[]', /the file/],
    ['{ "count": 1', /is not JSON/],
  ])('refuses %s', async (text, message) => {
    await expect(load('comfygen.config.json', text)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['export const count = 1;', /no default export/],
    ['export default {;', /cannot be loaded/],
    ['throw new Error("not today");', /not today/],
  ])('refuses the module %s', async (text, message) => {
    await expect(load('comfygen.config.mjs', text)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    'await new Promise(() => {}); export default {};',
    'export function then() {}; export default {};',
  ])('gives up on a module that never settles: %s', async (text) => {
    const folder = await withConfig('comfygen.config.mjs', text);
    await expect(loadConfig(folder, undefined, 50)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(/not loaded after 0\.05 s/),
    });
  });

  it.each(['json', 'mjs'])('takes no pipe for a .%s file', async (ending) => {
    const file = join(await tempFolder(), `comfygen.config.${ending}`);
    execFileSync('mkfifo', [file]);
    await expect(loadConfig(dirname(file), undefined)).rejects.toMatchObject({
      code: 'FILE_ACCESS',
      message: `${file}: not a file`,
    });
  });

  it('refuses to choose between two', async () => {
    const folder = await withConfig('comfygen.config.json', '{}');
    await writeFile(join(folder, 'comfygen.config.mjs'), 'export default {}');
    await expect(loadConfig(folder, undefined)).rejects.toThrow(/both .*json and .*mjs/);
  });
});
