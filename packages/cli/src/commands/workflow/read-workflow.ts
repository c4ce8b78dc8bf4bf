import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ComfygenError, type Workflow } from 'comfygen';
import { parseGraph, parseWorkflow } from 'comfygen/workflow';
import { fileError } from '../../output/file-error.ts';
import type { Io } from '../../terminal/io.ts';

/** The text of a file, or of stdin for `-`. */
export async function readText(file: string, io: Io): Promise<string> {
  if (file === '-') return io.readInput();
  const path = resolve(io.cwd, file);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw fileError('read', path, cause);
  }
}

/** The nodes of a workflow file, unchecked, for the validator; errors name the file. */
export async function readGraph(file: string, io: Io): Promise<{ [nodeId: string]: unknown }> {
  const text = await readText(file, io);
  const hint = 'In ComfyUI use Workflow > Export (API), or see: comfygen workflow convert --help';
  return naming(file, () => parseGraph(text), { hint });
}

/** A workflow file, parsed; errors name the file. */
export async function readWorkflow(file: string, io: Io): Promise<Workflow> {
  const graph = await readGraph(file, io);
  return naming(file, () => parseWorkflow(graph), {
    hint: `See every problem of the file with: comfygen workflow check ${file}`,
  });
}

/** What `parse` gives; its errors begin with the file and end with the hint for them. */
export function naming<T>(
  file: string,
  parse: () => T,
  { hint }: { hint: string | ((error: ComfygenError) => string | undefined) },
): T {
  try {
    return parse();
  } catch (cause) {
    if (!ComfygenError.is(cause)) throw cause;
    const details = {
      ...cause.details,
      file,
      hint: typeof hint === 'string' ? hint : hint(cause),
    };
    throw new ComfygenError(cause.code, `${file}: ${cause.message}`, { cause, details });
  }
}
