import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ComfygenError, type Workflow } from 'comfygen';
import { parseWorkflow } from 'comfygen/workflow';
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

/** A workflow file, parsed; errors name the file. */
export async function readWorkflow(file: string, io: Io): Promise<Workflow> {
  const text = await readText(file, io);
  try {
    return parseWorkflow(text);
  } catch (cause) {
    if (!ComfygenError.is(cause)) throw cause;
    const { code, message, details } = cause;
    throw new ComfygenError(code, `${file}: ${message}`, { cause, details: { ...details, file } });
  }
}
