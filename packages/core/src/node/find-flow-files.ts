import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFault } from './files.ts';

/** A file that should hold a workflow, and what stands beside it to say more. */
export interface FlowFiles {
  workflow: string;
  flowFile?: string | undefined;
}

/** The file that says more of a workflow: `flow.json` of `workflow.json`, `NAME.flow.json` of any other file. */
export function besideFlow(name: string): string {
  return name === 'workflow.json' ? 'flow.json' : `${name.replace(/\.[^.]+$/, '')}.flow.json`;
}

/** Files of projects that are JSON and no workflow; they are passed over without a word. */
const NOT_WORKFLOWS = new Set(['package.json', 'package-lock.json', 'tsconfig.json']);
const isFlowFile = (name: string) => name === 'flow.json' || name.endsWith('.flow.json');
const MAX_DEPTH = 8;

/**
 * All workflow files under a folder, sorted by path: `workflow.json` with the `flow.json` beside it, and exported
 * `.json`, `.png` and `.webp` files with the `NAME.flow.json` beside them. Hidden folders and `node_modules` are passed over; links are
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
        } else if (info.isFile() && isWorkflow(name)) {
          const beside = besideFlow(name);
          const flowFile = names.includes(beside) ? join(path, beside) : undefined;
          found.push({ workflow: child, flowFile });
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

const isWorkflow = (name: string) =>
  /\.(json|png|webp)$/i.test(name) && !NOT_WORKFLOWS.has(name) && !isFlowFile(name);

/** What is at a path, links followed; throws what the system says of circles and of missing rights. */
export async function fileKind(path: string): Promise<'folder' | 'file' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing';
    throw error;
  }
}
