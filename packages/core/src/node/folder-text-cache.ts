import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextCache } from '../spec/index.ts';
import { fileFault } from './read-source.ts';
import { replaceFile } from './replace-file.ts';

/**
 * Keeps texts in a folder, a file each, for as long as the files stay; several processes may share it. The folder is
 * made at the first write. Throws FILE_ACCESS where it can't be read or written.
 */
export function folderTextCache(folder: string): TextCache {
  // Keys are of any length and hold anything; file names must not.
  const fileOf = (key: string) => `${createHash('sha256').update(key).digest('hex')}.txt`;
  return {
    async get(key) {
      const path = join(folder, fileOf(key));
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw fileFault(path, error);
      }
    },
    async set(key, text) {
      await replaceFile(folder, fileOf(key), text);
    },
  };
}
