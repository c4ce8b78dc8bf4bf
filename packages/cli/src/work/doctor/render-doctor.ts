import type { ModelRequirement, Warning } from 'comfygen';
import { renderWarnings } from '../../render/messages.ts';
import { modelPath, plain, plural, wrap } from '../../render/text.ts';
import type { Io } from '../../terminal/io.ts';
import type { CheckedServer, ReportedFlow } from './check-server.ts';

/** What `doctor` found, JSON-safe; keys by name only. */
export interface DoctorReport {
  node: { version: string; platform: string };
  comfygen: string;
  config: string | null;
  parts: FoundPart[];
  executor: string;
  /** Why the executor could not tell what it has; `null` where it could, or where it never tells. */
  problem: string | null;
  /** The members of a pool; empty for other executors. */
  members: ReportedMember[];
  servers: CheckedServer[];
  keys: { name: string; set: boolean }[];
  flows: ReportedFlow[];
  warnings: Warning[];
}

/** A package of comfygen and its version; `null` where it is not installed. */
export interface FoundPart {
  name: string;
  version: string | null;
}

/** A pool's member: which backend it is, or why it did not answer. */
export interface ReportedMember {
  name: string;
  executor: string;
  source: string | null;
  problem: string | null;
}

type Print = Pick<Io, 'outColors' | 'columns'>;
type Level = 'good' | 'bad' | 'plain';

/** The report for a person: a section a question, a mark a line. */
export function renderDoctor(report: DoctorReport, io: Print): string {
  const { outColors: colors, columns } = io;
  const mark = { good: colors.green('✓'), bad: colors.red('✗'), plain: colors.dim('·') };
  const line = (level: Level, text: string) =>
    wrap(text, columns - 4)
      .map((part, index) => `  ${index === 0 ? mark[level] : ' '} ${part}\n`)
      .join('');
  const section = (title: string, lines: string[]) => `${colors.bold(title)}\n${lines.join('')}`;
  const { node, servers, members, executor, problem } = report;
  const serverLines =
    servers.length === 0
      ? [line('plain', 'none asked: --url or COMFYUI_URL has a ComfyUI server looked at')]
      : servers.flatMap((server) => [
          line(server.reachable ? 'good' : 'bad', `${plain(server.url)}: ${plain(server.answer)}`),
          ...(server.flows.length === 0 ? [] : flowLines(server.flows, 'it', line)),
        ]);
  const warnings = renderWarnings(report.warnings, colors, columns);
  return [
    section('Here', [
      line('good', `Node ${node.version} on ${node.platform}`),
      line('plain', report.config === null ? 'no config file' : `config ${report.config}`),
    ]),
    section('Parts', [
      line('good', `@comfygen/cli ${report.comfygen}`),
      ...report.parts.map(({ name, version }) =>
        line(version === null ? 'bad' : 'good', `${name} ${version ?? 'is not installed'}`),
      ),
    ]),
    section('Servers', serverLines),
    section('Keys', [line('plain', describeKeys(report.keys))]),
    ...(members.length === 0
      ? []
      : [
          section(
            `Members of ${executor}`,
            members.map((member) => memberLine(member, line)),
          ),
        ]),
    section(
      `Flows on ${executor}`,
      problem === null
        ? flowLines(report.flows, executor, line)
        : [line('bad', plain(`${executor} did not say what it has: ${problem}`))],
    ),
    ...(warnings === '' ? [] : [warnings]),
  ].join('\n');
}

function memberLine(
  { name, executor, source, problem }: ReportedMember,
  line: (level: Level, text: string) => string,
): string {
  const said = source ?? problem ?? 'does not say what it has';
  const level = source !== null ? 'good' : problem === null ? 'plain' : 'bad';
  return line(level, plain(`${name} (${executor}): ${said}`));
}

function describeKeys(keys: DoctorReport['keys']): string {
  const names = (set: boolean) => keys.filter((key) => key.set === set).map(({ name }) => name);
  return `set: ${names(true).join(', ') || 'none'}; not set: ${names(false).join(', ') || 'none'} (nothing here needs one)`;
}

function flowLines(
  flows: readonly ReportedFlow[],
  executor: string,
  line: (level: Level, text: string) => string,
): string[] {
  const ready = flows.filter(({ canRun }) => canRun);
  const waiting = flows.filter(({ canRun }) => !canRun);
  const level = ready.length > 0 ? 'good' : 'bad';
  return [
    line(level, `${plural(ready.length, 'flow')} can run on ${executor}`),
    ...(waiting.length === 0 ? [] : [line('plain', `${plural(waiting.length, 'flow')} cannot:`)]),
    ...findGaps(waiting).map(({ what, flowIds, where }) => {
      const address = where === null ? '' : ` ${where}`;
      return line('plain', plain(`${what} for ${flowIds.join(', ')}${address}`));
    }),
  ];
}

/** Something whose lack keeps flows from running: a model file, a node class, or a reason in words. */
export interface Gap {
  what: string;
  /** Where to get it; `null` where that is not known. */
  where: string | null;
  flowIds: string[];
}

/** What is missing, each thing once, most needed first. */
export function findGaps(
  flows: readonly {
    id: string;
    missing: { classes: string[]; models: ModelRequirement[] };
    reasons: string[];
  }[],
): Gap[] {
  const gaps = new Map<string, Gap>();
  const add = (id: string, what: string, where: string | null) => {
    const gap = gaps.get(what) ?? { what, where, flowIds: [] };
    gap.flowIds.push(id);
    gaps.set(what, gap);
  };
  for (const { id, missing, reasons } of flows) {
    for (const model of missing.models) add(id, modelPath(model), model.url);
    for (const name of missing.classes) add(id, `node class ${name}`, null);
    if (missing.models.length + missing.classes.length > 0) continue;
    for (const reason of reasons) add(id, reason, null);
  }
  return [...gaps.values()].sort((a, b) => b.flowIds.length - a.flowIds.length);
}
