import type { SlotRef, Slots } from 'comfygen';
import type { ValidationResult, WorkflowIssue } from 'comfygen/workflow';
import type { Io } from '../terminal/io.ts';
import { plain, wrap } from './text.ts';

/** The two verdicts on a workflow, then each issue with its place. */
export function renderVerdict(
  { serverAccepts, safe, issues }: ValidationResult,
  io: Pick<Io, 'outColors' | 'columns'>,
): string {
  const colors = io.outColors;
  const good = (text: string, isGood: boolean) => (isGood ? colors.green(text) : colors.red(text));
  const head =
    `  ${colors.dim('a server accepts it')}  ${good(serverAccepts, serverAccepts === 'yes')}\n` +
    `  ${colors.dim('safe to run        ')}  ${good(safe ? 'yes' : 'no', safe)}\n`;
  if (issues.length === 0) return head;
  return `${head}\n${issues.map((issue) => renderIssue(issue, io)).join('')}`;
}

/** A finding of the validator, or of a command. */
export type Issue = Omit<WorkflowIssue, 'code'> & { code: string };

/** `✗ 3.steps  above-max  …`, wrapped. */
export function renderIssue(
  { code, nodeId, input, level, message }: Issue,
  { outColors: colors, columns }: Pick<Io, 'outColors' | 'columns'>,
): string {
  const mark = level === 'error' ? colors.red('✗') : colors.yellow('!');
  const place = [nodeId, input]
    .filter((part) => part !== undefined)
    .map(plain)
    .join('.');
  const head = [place && colors.bold(place), colors.dim(code)].filter(Boolean).join('  ');
  const lines = wrap(plain(message), columns - 4).map((line) => `    ${line}\n`);
  return `  ${mark} ${head}\n${lines.join('')}`;
}

/** How to have it held against what a server really has. */
export function askServer(source: string, { columns, errColors }: Io): string {
  const text = `Held against ${source}. To check for your server add --url http://127.0.0.1:8188, or --object-info FILE (its /object_info)`;
  const [first, ...rest] = wrap(text, columns - 4);
  return `  ${errColors.cyan('→')} ${[first, ...rest].join('\n    ')}\n`;
}

/** The slots that a graph has, each with the inputs that it fills. */
export function filledSlots(slots: Slots): [name: string, refs: SlotRef[]][] {
  return allSlots(slots).filter(([, refs]) => refs.length > 0);
}

/** Every slot by name, those that the graph lacks too. */
export function allSlots(slots: Slots): [name: string, refs: SlotRef[]][] {
  const { pictures = {}, inputs: _, ...others } = slots;
  return Object.entries({ ...others, ...pictures }) as [string, SlotRef[]][];
}
