import { diffWorkflows, formatDiff, hashWorkflow } from 'comfygen/workflow';
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
