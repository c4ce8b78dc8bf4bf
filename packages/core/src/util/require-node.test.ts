import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { NEEDED_NODE, requireNode } from './require-node.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('requireNode', () => {
  it.each(['18.20.4', '20.19.0', '22.13.1', '22.9.0'])(
    'refuses Node %s, naming what it needs',
    (node) => {
      const refused = () => requireNode({ node });
      expect(refused).toThrow(`comfygen needs Node 22.14 or newer; this is Node ${node}.`);
      expect(refused).toThrow(ComfygenError);
    },
  );

  it.each([
    { node: '22.14.0' },
    { node: '24.0.0' },
    { node: '20.11.1', deno: '2.0.0' },
    { node: '22.6.0', bun: '1.2.0' },
    {},
  ])('takes %o', (versions) => expect(() => requireNode(versions)).not.toThrow());

  it('needs what the package says', async () => {
    const file = new URL('../../package.json', import.meta.url);
    expect(JSON.parse(await readFile(file, 'utf8')).engines.node).toBe(`>=${NEEDED_NODE}`);
  });

  it('refuses as soon as comfygen is imported', async () => {
    vi.stubGlobal('process', { ...process, versions: { node: '20.1.0' } });
    await expect(import('../index.ts')).rejects.toThrow('needs Node 22.14');
  });
});
