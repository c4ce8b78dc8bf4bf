import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFault } from './files.ts';

/** A file that should hold a workflow; `flowFile` stands beside it in a library. */
export interface FlowFiles {
  workflow: string;
  flowFile?: string | undefined;
}

/** Files of projects that are JSON and no workflow; they are passed over without a word. */
const NOT_WORKFLOWS = new Set(['package.json', 'package-lock.json', 'tsconfig.json', 'flow.json']);
const MAX_DEPTH = 8;

/**
 * All workflow files under a folder, sorted by path: `workflow.json` with the `flow.json` beside it, and
 * exported `.json` and `.png` files. Hidden folders and `node_modules` are passed over; links are
 * followed, each folder once. What can't be read is given to `onFault`.
 */
export async function findFlowFiles(
  folder: string,
  onFault: (path: string, error: unknown) => void,
): Promise<FlowFiles[]> {
  const found: FlowFiles[] = [];
  const visited = new Set<string>();

  async function visit(path: string, depth: number): Promise<void> {
    const real = await realpath(path);
    if (visited.has(real)) return;
    visited.add(real);
    const names = (await readdir(path)).toSorted();
    for (const name of names) {
      const child = join(path, name);
      try {
        const info = await stat(child);
        if (info.isDirectory()) {
          if (depth < MAX_DEPTH && name !== 'node_modules' && !name.startsWith('.')) {
            await visit(child, depth + 1);
          }
        } else if (info.isFile() && /\.(json|png)$/i.test(name) && !NOT_WORKFLOWS.has(name)) {
          const flowFile = name === 'workflow.json' && names.includes('flow.json');
          found.push({ workflow: child, flowFile: flowFile ? join(path, 'flow.json') : undefined });
        }
      } catch (error) {
        onFault(child, fileFault(child, error));
      }
    }
  }

  try {
    await visit(folder, 0);
  } catch (error) {
    throw fileFault(folder, error);
  }
  return found;
}

/** What is at a path, links followed; throws what the system says of circles and of missing rights. */
export async function fileKind(path: string): Promise<'folder' | 'file' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing';
    throw error;
  }
}
