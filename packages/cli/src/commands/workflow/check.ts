import { ComfygenError, type NodeCatalogue } from 'comfygen';
import { validateWorkflow, type WorkflowIssue } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { renderJson } from '../../render/json.ts';
import { renderVerdict } from '../../render/verdict.ts';
import type { Io } from '../../terminal/io.ts';
import type { Run } from '../run.ts';
import type { WorkflowCheckOptions } from './options.ts';
import { readGraph, readText } from './read-workflow.ts';

/** `workflow check FILE`: 0 where nothing is known to be wrong with it, 1 otherwise. */
export async function checkWorkflow(
  file: string,
  { objectInfo, json }: WorkflowCheckOptions,
  { io }: Run,
): Promise<number> {
  const graph = await readGraph(file, io);
  // Without a server's answer nobody knows its model files and community nodes.
  const verdict =
    objectInfo === undefined
      ? validateWorkflow(graph, coreCatalogue, { ignoreModelFiles: true, complete: false })
      : validateWorkflow(graph, await readCatalogue(objectInfo, io));
  if (json) {
    io.out(renderJson(verdict));
    return verdict.safe ? 0 : 1;
  }
  io.out(renderVerdict(verdict, io));
  if (objectInfo === undefined && verdict.issues.some(isAboutServer)) {
    io.err(`  ${io.errColors.cyan('→')} ${ASK_SERVER}\n`);
  }
  return verdict.safe ? 0 : 1;
}

const ASK_SERVER =
  'Held against the core nodes only. To check for your server: curl -s http://127.0.0.1:8188/object_info > info.json, then add --object-info info.json';
const isAboutServer = ({ code }: WorkflowIssue) => ['missing-node', 'missing-model'].includes(code);

async function readCatalogue(file: string, io: Io): Promise<NodeCatalogue> {
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
