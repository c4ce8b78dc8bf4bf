import { diffWorkflows, formatDiff } from 'comfygen/workflow';
import { renderJson } from '../../render/json.ts';
import type { Colors } from '../../terminal/io.ts';
import type { CommonOptions, Run } from '../run.ts';
import { readWorkflow } from './read-workflow.ts';

/** `workflow diff A B`: exit code 1 where they differ, as diff(1) does. */
export async function diffFiles(
  before: string,
  after: string,
  options: CommonOptions,
  { io }: Run,
): Promise<number> {
  const diff = diffWorkflows(await readWorkflow(before, io), await readWorkflow(after, io));
  const text = formatDiff(diff);
  if (options.json) io.out(renderJson(diff));
  else io.out(`${paint(text, io.outColors)}\n`);
  return 0;
}

function paint(text: string, colors: Colors): string {
  const line = (one: string) =>
    one.startsWith('+') ? colors.green(one) : one.startsWith('-') ? colors.red(one) : one;
  return text.split('\n').map(line).join('\n');
}
