import { validateWorkflow, type WorkflowIssue } from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { renderJson } from '../../render/json.ts';
import { renderVerdict } from '../../render/verdict.ts';
import type { Run } from '../run.ts';
import type { WorkflowCheckOptions } from './options.ts';
import { readCatalogue } from './read-catalogue.ts';
import { readGraph } from './read-workflow.ts';

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
