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

/**
 * The report for a person, on one screen: what works, then what to do next. With `details` every package, every key,
 * and all that the flows lack.
 */
export function renderDoctor(report: DoctorReport, details: boolean, io: Print): string {
  const { outColors: colors, columns } = io;
  const mark = { good: colors.green('✓'), bad: colors.red('✗'), plain: colors.dim('·') };
  const line: Line = (level, text) =>
    wrap(text, columns - 4)
      .map((part, index) => `  ${index === 0 ? mark[level] : ' '} ${part}\n`)
      .join('');
  const section = (title: string, lines: string[]) => `${colors.bold(title)}\n${lines.join('')}`;
  const { node, members, config } = report;
  const warnings = renderWarnings(report.warnings, colors, columns);
  return [
    section('Here', [
      line('good', `Node ${node.version} on ${node.platform}`),
      ...partLines(report, details, line),
      line('plain', config === null ? 'no config file' : `config ${config}`),
      line('plain', describeKeys(report.keys, details)),
    ]),
    section('Can run', [
      ...report.servers.flatMap((server) => serverLines(server, details, line)),
      ...members.map((member) => memberLine(member, line)),
      ...executorLines(report, details, line),
    ]),
    section(
      'Next',
      nextSteps(report, details).map((step) =>
        wrap(step, columns - 4)
          .map((part, index) => `  ${index === 0 ? colors.cyan('→') : ' '} ${part}\n`)
          .join(''),
      ),
    ),
    ...(warnings === '' ? [] : [warnings]),
  ].join('\n');
}

type Line = (level: Level, text: string) => string;

function partLines({ comfygen, parts }: DoctorReport, details: boolean, line: Line): string[] {
  const all = [{ name: '@comfygen/cli', version: comfygen }, ...parts];
  const describe = ({ name, version }: FoundPart) =>
    line(version === null ? 'bad' : 'good', `${name} ${version ?? 'is not installed'}`);
  const odd = all.filter(({ version }) => version !== comfygen);
  if (details) return all.map(describe);
  const same = plural(all.length - odd.length, 'package');
  return [line('good', `comfygen ${comfygen}, ${same}`), ...odd.map(describe)];
}

function describeKeys(keys: DoctorReport['keys'], details: boolean): string {
  const names = (set: boolean) => keys.filter((key) => key.set === set).map(({ name }) => name);
  const set = `keys set: ${names(true).join(', ') || 'none (the embedded executor needs none)'}`;
  return details ? `${set}; not set: ${names(false).join(', ') || 'none'}` : set;
}

function memberLine({ name, executor, source, problem }: ReportedMember, line: Line): string {
  const said = source ?? problem ?? 'does not say what it has';
  const level = source !== null ? 'good' : problem === null ? 'plain' : 'bad';
  return line(level, plain(`${name} (${executor}): ${said}`));
}

function serverLines(server: CheckedServer, details: boolean, line: Line): string[] {
  const said = `${plain(server.url)}: ${plain(server.answer)}`;
  const flows = forServers(server.flows);
  if (flows.length === 0) return [line(server.reachable ? 'good' : 'bad', said)];
  const { ready, text } = countFlows(flows);
  return [
    line('good', said),
    line(ready > 0 ? 'good' : 'bad', `${text} on it`),
    ...(details ? gapLines(flows, line) : []),
  ];
}

function executorLines(
  { executor, problem, flows }: DoctorReport,
  details: boolean,
  line: Line,
): string[] {
  if (problem !== null)
    return [line('bad', plain(`${executor} did not say what it has: ${problem}`))];
  const { ready, text } = countFlows(flows);
  return [
    line(ready > 0 ? 'good' : 'bad', `${text} on ${executor}`),
    ...(details ? gapLines(flows, line) : []),
  ];
}

/** A server can't have the files of the emoji world, which exist inside the embedded executor alone. */
const forServers = (flows: readonly ReportedFlow[]) =>
  flows.filter(({ baseModel, canRun }) => canRun || baseModel !== 'emoji');

function countFlows(flows: readonly ReportedFlow[]) {
  const ready = flows.filter(({ canRun }) => canRun).length;
  return { ready, text: `${ready} of ${plural(flows.length, 'flow')} can run` };
}

function gapLines(flows: readonly ReportedFlow[], line: Line): string[] {
  return findGaps(flows.filter(({ canRun }) => !canRun)).map(({ what, flowIds, where }) => {
    const address = where === null ? '' : ` ${where}`;
    return line('plain', plain(`${what} for ${flowIds.join(', ')}${address}`));
  });
}

/** What to do next, the most useful first: at most one step for each server and for the executor. */
function nextSteps(
  { servers, flows, problem, executor }: DoctorReport,
  details: boolean,
): string[] {
  const steps: string[] = [];
  for (const { url, reachable, flows: checked } of servers) {
    if (!reachable) {
      steps.push(`start ComfyUI at ${plain(url)}, or name another server with --url`);
      continue;
    }
    const known = forServers(checked);
    const open = known.find(({ canRun }) => canRun);
    const gap = open ? undefined : nearestGap(known);
    if (open) steps.push(`comfygen generate "a red fox in snow" --url ${plain(url)}`);
    if (gap) {
      const from = gap.where === null ? '' : `, from ${gap.where}`;
      steps.push(plain(`give ${url} ${gap.what}: then ${gap.flowIds.join(', ')} can run${from}`));
    }
  }
  if (problem === null && flows.some(({ canRun }) => canRun))
    steps.push(
      executor === 'embedded'
        ? 'comfygen generate "a red apple left of a green frog"'
        : 'comfygen generate "a red fox in snow"',
    );
  if (servers.length === 0)
    steps.push('have a ComfyUI server looked at: comfygen doctor --url http://127.0.0.1:8188');
  if (!details) steps.push('see what each flow lacks: comfygen doctor --flows');
  return steps;
}

/** The one thing that lets most flows run which lack nothing else. */
function nearestGap(flows: readonly ReportedFlow[]): Gap | undefined {
  return findGaps(
    flows.filter(({ missing }) => missing.models.length + missing.classes.length === 1),
  )[0];
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
