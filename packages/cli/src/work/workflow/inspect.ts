import type { SlotRef, Warning, Workflow } from 'comfygen';
import {
  diffWorkflows,
  findComponents,
  findSlots,
  formatDiff,
  hashWorkflow,
  listInputs,
  slotWarnings,
  validateWorkflow,
  type WorkflowIssue,
} from 'comfygen/workflow';
import { readKnownClasses, type ServerOptions } from '../../library/known-classes.ts';
import { describeInput } from '../../render/inputs.ts';
import { renderDocument } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { type Field, renderFields } from '../../render/table.ts';
import { plain, truncate } from '../../render/text.ts';
import { allSlots, askServer, renderVerdict } from '../../render/workflow.ts';
import type { Colors, Run } from '../../terminal/io.ts';
import { readOpened, readWorkflow } from './read-workflow.ts';

/** `workflow check FILE`: exit code 0 where nothing is known to be wrong with it, 1 otherwise. */
export async function checkWorkflow(
  file: string,
  options: ServerOptions,
  run: Run,
): Promise<number> {
  const { io } = run;
  const known = await readKnownClasses(options, run);
  const { graph, converted, warnings } = await readOpened(file, known, run);
  const verdict = validateWorkflow(graph, known.catalogue, known.validate);
  if (options.json) {
    io.out(
      renderDocument('workflow-check', {
        ...verdict,
        converted,
        warnings,
        heldAgainst: known.source,
      }),
    );
    return verdict.safe ? 0 : 1;
  }
  io.out(renderVerdict(verdict, io));
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  if (!known.isServers && verdict.issues.some(isAboutServer)) io.err(askServer(known.source, io));
  return verdict.safe ? 0 : 1;
}

const isAboutServer = ({ code }: WorkflowIssue) => ['missing-node', 'missing-model'].includes(code);

/** Options of `workflow slots`. */
export interface WorkflowSlotsOptions extends ServerOptions {
  /** Lists every value of the graph. */
  all?: boolean;
}

/** `workflow slots FILE`: what a brief fills and can set, with the value that stands there and what it takes. */
export async function showSlots(
  file: string,
  options: WorkflowSlotsOptions,
  run: Run,
): Promise<number> {
  const { io } = run;
  const known = await readKnownClasses(options, run);
  const { workflow, warnings: read } = await readWorkflow(file, known, run);
  const slots = findSlots(workflow);
  const warnings: Warning[] = [...read, ...slotWarnings(workflow, slots)];
  const { catalogue, validate } = known;
  const inputs = listInputs(workflow, { catalogue, models: validate.models, all: options.all });
  if (options.json) {
    const components = findComponents(workflow);
    io.out(renderDocument('workflow-slots', { slots, inputs, components, warnings }));
    return 0;
  }
  const fields = allSlots(slots).map(([name, refs]): Field => {
    const places = refs.map((ref) => describeSlot(workflow, ref, io.columns - 20));
    return [name, places.length === 0 ? '–' : places];
  });
  fields.push(['inputs', inputs.length === 0 ? '–' : inputs.map(describeInput)]);
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
  options: ServerOptions,
  run: Run,
): Promise<number> {
  const { io } = run;
  const known = await readKnownClasses(options, run);
  const [first, second] = [
    await readWorkflow(before, known, run),
    await readWorkflow(after, known, run),
  ];
  const diff = diffWorkflows(first.workflow, second.workflow);
  const same = hashWorkflow(first.workflow) === hashWorkflow(second.workflow);
  const warnings: Warning[] = [...first.warnings, ...second.warnings];
  if (options.json) io.out(renderDocument('workflow-diff', { same, diff, warnings }));
  else {
    io.out(same ? 'No difference.\n' : paint(formatDiff(diff), io.outColors));
    io.err(renderWarnings(warnings, io.errColors, io.columns));
  }
  return same ? 0 : 1;
}

function paint(lines: readonly string[], colors: Colors): string {
  const line = (one: string) =>
    one.startsWith('+') ? colors.green(one) : one.startsWith('-') ? colors.red(one) : one;
  return lines.map((one) => `${line(one)}\n`).join('');
}
