import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderTextCache } from './folder-text-cache.ts';

it('keeps texts for the next process, by keys of any kind', async () => {
  const root = await mkdtemp(join(tmpdir(), 'comfygen-cache-'));
  try {
    const folder = join(root, 'made', 'late');
    const key = `../${'long'.repeat(200)}\n`;
    expect(await folderTextCache(folder).get(key)).toBeUndefined();
    await folderTextCache(folder).set(key, 'kept');
    await folderTextCache(folder).set(key, 'kept again');
    expect(await folderTextCache(folder).get(key)).toBe('kept again');
    expect(await folderTextCache(folder).get(`${key}x`)).toBeUndefined();
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
