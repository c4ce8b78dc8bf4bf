import type { Flow, FlowCheck } from 'comfygen';
import { type CheckedFlow, openLibrary } from '../../library/open-library.ts';
import type { LibraryOptions } from '../../options/setup-options.ts';
import { renderDocument } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { renderTable } from '../../render/table.ts';
import { plain, plural, wrap } from '../../render/text.ts';
import type { Run } from '../../terminal/io.ts';

/** Options of `flows list`. */
export interface FlowsListOptions extends LibraryOptions {
  tag?: string[];
  all?: boolean;
}

/** `flows list`: a table of what can run here; with `--all` of everything. */
export async function listFlows(options: FlowsListOptions, run: Run): Promise<number> {
  const { io } = run;
  const { checked, executor, warnings } = await openLibrary(options, run);
  const tagged = checked.filter(({ flow }) => hasTags(flow, options.tag ?? []));
  const runnable = tagged.filter(({ check }) => check.canRun);
  const shown = options.all ? tagged : runnable;
  if (options.json) {
    const flows = shown.map(toJson);
    io.out(renderDocument('flows', { executor: executor.name, flows, warnings }));
    return 0;
  }
  const { outColors: colors, columns } = io;
  if (shown.length > 0) io.out(renderFlows(shown, options.all === true, run));
  const others = tagged.length - runnable.length;
  const more = others > 0 && !options.all ? `; ${others} more with --all` : '';
  const tags = options.tag === undefined ? '' : ` tagged ${options.tag.join(' and ')}`;
  const count = `${plural(runnable.length, 'flow')}${tags} can run on ${executor.name}${more}`;
  io.out(`${shown.length > 0 ? '\n' : ''}${colors.dim(count)}\n`);
  io.err(renderWarnings(warnings, io.errColors, columns));
  if (tagged.length === 0 && options.tag !== undefined) io.err(tagHint(checked, run));
  return 0;
}

function hasTags(flow: Flow, tags: readonly string[]): boolean {
  return tags.every((tag) => {
    const wanted = tag.toLowerCase();
    return flow.tags.some((one) => one === wanted || one.endsWith(`:${wanted}`));
  });
}

function tagHint(checked: readonly CheckedFlow[], { io }: Run): string {
  const tags = [...new Set(checked.flatMap(({ flow }) => flow.tags.map(plain)))].sort();
  const [first, ...rest] = wrap(`The tags are: ${tags.join(', ')}`, io.columns - 4);
  const arrow = `  ${io.errColors.cyan('→')} `;
  return `${arrow}${[first, ...rest].join('\n    ')}\n`;
}

function renderFlows(shown: readonly CheckedFlow[], all: boolean, { io }: Run): string {
  const { outColors: colors } = io;
  const columns = [
    { title: 'ID', paint: colors.bold },
    { title: 'TITLE', least: 12 },
    { title: 'MODEL', least: 5 },
    ...(all
      ? [
          {
            title: 'RUNS HERE',
            least: 9,
            paint: (text: string) =>
              text.startsWith('yes') ? colors.green(text) : colors.yellow(text),
          },
        ]
      : []),
    { title: 'TAGS', least: 6, paint: colors.dim },
  ];
  const rows = shown.map(({ flow, check }) => [
    flow.id,
    plain(flow.title),
    plain(flow.baseModel ?? '–'),
    ...(all ? [summarizeMissing(check)] : []),
    flow.tags.map(plain).join(' '),
  ]);
  return renderTable(columns, rows, colors, io.columns);
}

/** What a flow lacks, in one cell of a table. */
function summarizeMissing({ canRun, missing, reasons }: FlowCheck): string {
  if (canRun) return 'yes';
  const parts = [
    ...(missing.models.length > 0 ? [plural(missing.models.length, 'model')] : []),
    ...(missing.classes.length > 0
      ? [plural(missing.classes.length, 'node class').replace(/classs$/, 'classes')]
      : []),
  ];
  return parts.length > 0 ? `needs ${parts.join(', ')}` : (reasons[0]?.message ?? 'no');
}

function toJson({ flow, check }: CheckedFlow) {
  const { id, title, description, baseModel, tags, provenance } = flow;
  const { canRun, missing, reasons } = check;
  return { id, title, description, baseModel, tags, provenance, canRun, missing, reasons };
}
