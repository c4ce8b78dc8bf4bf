import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** Packages whose dependencies publish a `source` condition, which leads to TypeScript inside node_modules. */
const packages = ['ai', '@modelcontextprotocol/client'];

describe('the condition that leads to our sources', () => {
  it.each(packages)('leaves %s as it was built, in vitest', async (name) => {
    expect(Object.keys(await import(name))).not.toEqual([]);
  });

  it.each(packages)('leaves %s as it was built, in Node', async (name) => {
    const load = `const { length } = Object.keys(await import('${name}')); console.log(length > 0);`;
    const flags = ['--conditions=comfygen-source', '--input-type=module', '--eval', load];
    const { stdout } = await promisify(execFile)(process.execPath, flags, {
      cwd: import.meta.dirname,
    });
    expect(stdout.trim()).toBe('true');
  });
});
