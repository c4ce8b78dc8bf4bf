import { ComfygenError, type NodeCatalogue } from 'comfygen';
import { validateWorkflow } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { renderJson } from '../../render/json.ts';
import { renderVerdict } from '../../render/verdict.ts';
import type { Io } from '../../terminal/io.ts';
import type { Run } from '../run.ts';
import type { WorkflowCheckOptions } from './options.ts';
import { readText, readWorkflow } from './read-workflow.ts';

/** `workflow check FILE`: 0 where a server would accept it and it is safe, 1 otherwise. */
export async function checkWorkflow(
  file: string,
  options: WorkflowCheckOptions,
  { io }: Run,
): Promise<number> {
  const workflow = await readWorkflow(file, io);
  // Without a server nobody knows which model files it has.
  const ignoreModelFiles = options.objectInfo === undefined;
  const catalogue =
    options.objectInfo === undefined ? coreCatalogue : await readCatalogue(options.objectInfo, io);
  const verdict = validateWorkflow(workflow, catalogue, { ignoreModelFiles });
  if (options.json) io.out(renderJson(verdict));
  else io.out(renderVerdict(verdict, io));
  return verdict.serverAccepts === 'yes' && verdict.safe ? 0 : 1;
}

async function readCatalogue(file: string, io: Io): Promise<NodeCatalogue> {
  const text = await readText(file, io);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as NodeCatalogue;
    }
  } catch (cause) {
    throw new ComfygenError('INVALID_OPTIONS', `${file} is not JSON.`, { cause });
  }
  throw new ComfygenError('INVALID_OPTIONS', `${file} is no answer of GET /object_info.`);
}
