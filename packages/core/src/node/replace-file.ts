import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFault } from './read-source.ts';

/** Puts a whole file in its place, flushed, or leaves what was there. Makes the folder. Throws FILE_ACCESS. */
export async function replaceFile(folder: string, file: string, text: string): Promise<void> {
  const path = join(folder, file);
  const draft = join(folder, `.${file}.${globalThis.crypto.randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileFault(path, error);
  }
}
