import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { executorNames } from '../src/parts/named-parts.ts';

it('the README lists the executors that have a name here', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, listed] = /^- `executor`: name \(([^)]*)\)/m.exec(readme) ?? [];
  expect(listed?.match(/[\w-]+/g)).toEqual(executorNames);
});
