import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

it('pnpm judges packages by the Node that it installs', async () => {
  const manifest = JSON.parse(await read('package.json'));
  const [, judgedBy] = /^nodeVersion: (\S+)$/m.exec(await read('pnpm-workspace.yaml')) ?? [];
  expect(judgedBy).toBe(manifest.devDependencies.node);
});
