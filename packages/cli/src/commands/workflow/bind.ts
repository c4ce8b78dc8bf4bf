import type { Brief, Slots } from 'comfygen';
import { bindWorkflow, findSlots, stringifyWorkflow } from 'comfygen/workflow';
import { renderWarnings } from '../../render/warnings.ts';
import type { Run } from '../run.ts';
import type { WorkflowBindOptions } from './options.ts';
import { readWorkflow } from './read-workflow.ts';

/** `workflow bind FILE --prompt …`: the filled workflow on stdout, warnings on stderr. */
export async function bindFile(
  file: string,
  options: WorkflowBindOptions,
  { io }: Run,
): Promise<number> {
  const workflow = await readWorkflow(file, io);
  const found = findSlots(workflow);
  // What is not asked for stays as the file has it.
  const slots: Slots = {
    ...found,
    seed: options.seed === undefined ? [] : found.seed,
    batchSize: options.count === undefined ? [] : found.batchSize,
  };
  const bound = bindWorkflow(workflow, slots, toBrief(options));
  const warnings = bound.warnings.filter(
    ({ code }) => code !== 'seed-ignored' || options.seed !== undefined,
  );
  io.out(`${stringifyWorkflow(bound.workflow, { indent: 2 })}\n`);
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
}

/** An exported file has no templates, so the prompt's parts are not read. */
function toBrief({
  prompt = '',
  negative,
  seed = 0,
  width,
  height,
  count = 1,
}: WorkflowBindOptions): Brief {
  const parts = { subjects: [], relation: null, count: 1, scene: prompt };
  return { prompt, negative, seed, width, height, count, parts, limits: {}, options: {} };
}
