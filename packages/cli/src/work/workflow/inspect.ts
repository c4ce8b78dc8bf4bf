import type { SlotRef, Workflow } from 'comfygen';
import {
  diffWorkflows,
  findComponents,
  findSlots,
  formatDiff,
  hashWorkflow,
  slotWarnings,
  validateWorkflow,
  type WorkflowIssue,
} from 'comfygen/workflow';
import type { CommonOptions } from '../../options/common-options.ts';
import { renderJson } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { type Field, renderFields } from '../../render/table.ts';
import { plain, truncate } from '../../render/text.ts';
import { allSlots, renderVerdict } from '../../render/workflow.ts';
import type { Colors, Run } from '../../terminal/io.ts';
import { readCatalogue, readGraph, readWorkflow } from './read-workflow.ts';

/** Options of `workflow check`. */
export interface WorkflowCheckOptions extends CommonOptions {
  objectInfo?: string;
}

/** `workflow check FILE`: exit code 0 where nothing is known to be wrong with it, 1 otherwise. */
export async function checkWorkflow(
  file: string,
  { objectInfo, json }: WorkflowCheckOptions,
  { io }: Run,
): Promise<number> {
  const graph = await readGraph(file, io);
  const verdict =
    objectInfo === undefined
      ? await checkWithoutServer(graph)
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

/** Without a server's answer nobody knows its model files and community nodes. */
async function checkWithoutServer(graph: Parameters<typeof validateWorkflow>[0]) {
  const { coreCatalogue } = await import('comfygen/workflow/catalogue');
  return validateWorkflow(graph, coreCatalogue, { ignoreModelFiles: true, complete: false });
}

const ASK_SERVER =
  'Held against the core nodes only. To check for your server: curl -s http://127.0.0.1:8188/object_info > info.json, then add --object-info info.json';
const isAboutServer = ({ code }: WorkflowIssue) => ['missing-node', 'missing-model'].includes(code);

/** `workflow slots FILE`: what a brief fills, with the value that stands there. */
export async function showSlots(
  file: string,
  options: CommonOptions,
  { io }: Run,
): Promise<number> {
  const workflow = await readWorkflow(file, io);
  const slots = findSlots(workflow);
  const warnings = slotWarnings(workflow, slots);
  if (options.json) {
    io.out(renderJson({ slots, components: findComponents(workflow), warnings }));
    return 0;
  }
  const fields = allSlots(slots).map(([name, refs]): Field => {
    const places = refs.map((ref) => describeSlot(workflow, ref, io.columns - 20));
    return [name, places.length === 0 ? '–' : places];
  });
  io.out(renderFields(fields, io.outColors, io.columns));
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
}

/** `3.seed of KSampler = 7`. */
function describeSlot(workflow: Workflow, { node, input }: SlotRef, width: number): string {
  const value = workflow[node]?.inputs[input];
  const shown = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  const text = `${node}.${input} of ${workflow[node]?.class_type} = ${shown}`;
  return truncate(plain(text), width);
}

/** `workflow diff A B`: exit code 1 where they differ, as diff(1) does. */
export async function diffFiles(
  before: string,
  after: string,
  options: CommonOptions,
  { io }: Run,
): Promise<number> {
  const [first, second] = [await readWorkflow(before, io), await readWorkflow(after, io)];
  const diff = diffWorkflows(first, second);
  const same = hashWorkflow(first) === hashWorkflow(second);
  if (options.json) io.out(renderJson({ same, diff }));
  else io.out(same ? 'No difference.\n' : paint(formatDiff(diff), io.outColors));
  return same ? 0 : 1;
}

function paint(lines: readonly string[], colors: Colors): string {
  const line = (one: string) =>
    one.startsWith('+') ? colors.green(one) : one.startsWith('-') ? colors.red(one) : one;
  return lines.map((one) => `${line(one)}\n`).join('');
}
