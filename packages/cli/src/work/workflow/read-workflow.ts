import { ComfygenError, type NodeCatalogue, type Workflow } from 'comfygen';
import { parseGraph, parseWorkflow } from 'comfygen/workflow';
import { readText } from '../../input/read-input.ts';
import type { Io } from '../../terminal/io.ts';

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

/** The result of `parse`; its errors get the file's name in front and a hint at the end. */
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

/** The node classes of a server, from a saved `GET /object_info`. Throws INVALID_OPTIONS for any other file. */
export async function readCatalogue(file: string, io: Io): Promise<NodeCatalogue> {
  const text = await readText(file, io);
  const hint = 'Save one with: curl -s http://127.0.0.1:8188/object_info > info.json';
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ComfygenError('INVALID_OPTIONS', `${file} is not JSON.`, {
      cause,
      details: { hint },
    });
  }
  if (isCatalogue(value)) return value;
  const message = `${file} is no answer of GET /object_info.`;
  throw new ComfygenError('INVALID_OPTIONS', message, { details: { hint } });
}

function isCatalogue(value: unknown): value is NodeCatalogue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (info) => typeof info === 'object' && info !== null && 'input' in info,
  );
}
