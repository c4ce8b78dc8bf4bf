import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** Packages whose dependencies publish a `source` condition, which leads to TypeScript inside node_modules. */
const packages = {
  ai: () => import('ai'),
  '@modelcontextprotocol/client': () => import('@modelcontextprotocol/client'),
};

describe('the condition that leads to our sources', () => {
  it.each(Object.entries(packages))('leaves %s as it was built, in vitest', async (_name, load) => {
    expect(Object.keys(await load())).not.toEqual([]);
  });

  it.each(Object.keys(packages))('leaves %s as it was built, in Node', async (name) => {
    const load = `const { length } = Object.keys(await import('${name}')); console.log(length > 0);`;
    const flags = ['--conditions=comfygen-source', '--input-type=module', '--eval', load];
    const { stdout } = await promisify(execFile)(process.execPath, flags, {
      cwd: import.meta.dirname,
    });
    expect(stdout.trim()).toBe('true');
  });
});
