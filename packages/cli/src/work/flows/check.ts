import { workflowsUrl } from '@comfygen/workflows';
import { type Brief, ComfygenError, type Flow, type Warning, type Workflow } from 'comfygen';
import { loadFlows, type SkippedFile } from 'comfygen/node';
import {
  addDefaults,
  bindWorkflow,
  respellNames,
  slotWarnings,
  type ValidationResult,
  validateWorkflow,
} from 'comfygen/workflow';
import { locateFlows } from '../../config/settings.ts';
import {
  type KnownClasses,
  missingHint,
  readKnownClasses,
  type ServerOptions,
  saidConverted,
} from '../../library/known-classes.ts';
import { findNodePacks, renderNodePacks } from '../../library/node-packs.ts';
import { renderDocument } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { plain, plural, withoutPrefix, wrap } from '../../render/text.ts';
import { askServer, filledSlots, type Issue, renderIssue } from '../../render/workflow.ts';
import type { Run } from '../../terminal/io.ts';

/** Options of `flows check`. */
export interface FlowsCheckOptions extends ServerOptions {
  /** A list of node packs by their classes. */
  nodeMap?: string;
}

interface CheckedFile {
  id: string;
  ok: boolean;
  slots: string[];
  verdict: Omit<ValidationResult, 'issues'> & { issues: Issue[] };
}

/** `flows check [PATH]`: exit code 1 where a file is no workflow or has an error. */
export async function checkFlows(
  path: string | undefined,
  options: FlowsCheckOptions,
  run: Run,
): Promise<number> {
  const { io, signal } = run;
  const known = await readKnownClasses(options, run);
  const source = path === undefined ? workflowsUrl : locateFlows(io.cwd, path);
  const { flows, files, warnings } = await loadAll(source, known, signal);
  const checked = flows.map((flow) => checkFlowGraph(flow, known));
  const skipped = files.map(({ path: file, error }) => ({
    path: file,
    code: error.code,
    message: error.message,
    // A picture of a workflow that is there is nothing wrong.
    ok: error.details['madeBy'] !== undefined,
  }));
  const missing = [...new Set(flows.flatMap(({ classes }) => classes))].filter(
    (name) => !Object.hasOwn(known.catalogue, name),
  );
  const packs =
    options.nodeMap === undefined ? undefined : await findNodePacks(missing, options.nodeMap, io);
  const bad = [...checked, ...skipped].filter(({ ok }) => !ok).length;
  if (options.json) {
    io.out(
      renderDocument('flows-check', {
        ok: bad === 0,
        flows: checked,
        skipped,
        packs: packs ?? [],
        warnings,
        heldAgainst: known.source,
      }),
    );
    return bad === 0 ? 0 : 1;
  }
  const { outColors: colors } = io;
  const markOf = (ok: boolean) => (ok ? colors.green('✓') : colors.red('✗'));
  for (const { ok, id, slots, verdict } of checked) {
    const names = slots.join(', ') || 'no slots';
    io.out(`${markOf(ok)} ${colors.bold(plain(id))}  ${colors.dim(names)}\n`);
    for (const issue of verdict.issues.filter(isWorthSaying)) io.out(renderIssue(issue, io));
  }
  for (const { path: file, message, code, ok } of skipped) {
    const hint = code === 'MISSING_NODE' ? ` ${missingHint(known.isServers)}` : '';
    const lines = wrap(plain(withoutPrefix(message, file)) + hint, io.columns - 4);
    io.out(`${ok ? colors.yellow('!') : markOf(false)} ${colors.bold(plain(file))}\n`);
    io.out(lines.map((line) => `    ${line}\n`).join(''));
  }
  if (packs !== undefined && missing.length > 0) io.out(renderNodePacks(packs, missing, io));
  const issues = checked.flatMap(({ verdict }) => verdict.issues);
  const total = checked.length + skipped.length;
  const summary = bad === 0 ? 'all well' : `${bad} with problems`;
  const unchecked = issues.some(isAboutFile) ? '; model files were not looked for' : '';
  io.out(`\n${colors.dim(`${plural(total, 'workflow')}, ${summary}${unchecked}`)}\n`);
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  if (!known.isServers && issues.some(({ code }) => code === 'missing-node')) {
    io.err(askServer(known.source, io));
  }
  return bad === 0 ? 0 : 1;
}

/** All files of a source: those that are flows, those that are none and why, and what was done on the way in. */
async function loadAll(
  source: string | URL,
  { catalogue, source: classes }: KnownClasses,
  signal: AbortSignal,
): Promise<{ flows: Flow[]; files: SkippedFile[]; warnings: Warning[] }> {
  const files: SkippedFile[] = [];
  const onSkip = (file: SkippedFile) => void files.push(file);
  try {
    const flows = await loadFlows(source, { signal, catalogue, onSkip });
    const converted = flows.converted.flatMap(({ path, warnings }) => [
      saidConverted(path, classes),
      ...warnings.map(({ code, message }) => ({ code, message: `${path}: ${message}` })),
    ]);
    return { flows, files, warnings: [...flows.warnings, ...converted] };
  } catch (error) {
    if (files.length > 0) return { flows: [], files, warnings: [] };
    // A single file that is no workflow is a finding; one that can't be read is an error.
    const { path } = ComfygenError.is(error) ? error.details : {};
    if (!ComfygenError.is(error) || error.code === 'FILE_ACCESS' || typeof path !== 'string') {
      throw error;
    }
    return { flows: [], files: [{ path, error }], warnings: [] };
  }
}

/** Without a server every model file is unchecked, which is said once for all. */
const isAboutFile = ({ code, level }: Issue) => code === 'missing-model' && level === 'warning';
const isWorthSaying = (issue: Issue) => !isAboutFile(issue);

/**
 * The graph as a run sends it: what stands in its slots may be a placeholder for another program, names of files
 * have the server's own slashes, and what classes have come to require has its default.
 */
function asSent(
  { workflow, slots, defaults }: Flow,
  { catalogue, validate }: KnownClasses,
): Workflow {
  const parts = { subjects: ['a fox', 'a hen'], relation: null, count: 1, scene: '' };
  const open = { negative: undefined, width: undefined, height: undefined, count: undefined };
  const brief: Brief = { prompt: 'a fox', seed: 0, parts, limits: {}, options: {}, ...open };
  const sent =
    slots.prompt.length === 0
      ? structuredClone(workflow)
      : bindWorkflow(workflow, slots, brief, { defaults, catalogue }).workflow;
  respellNames(sent, { catalogue, models: validate.models ?? {} });
  addDefaults(sent, catalogue);
  return sent;
}

function checkFlowGraph(flow: Flow, known: KnownClasses): CheckedFile {
  const faults: Issue[] = [];
  let sent = flow.workflow;
  try {
    sent = asSent(flow, known);
  } catch (error) {
    // Such as a default size that the flow's own nodes can't hold.
    if (!ComfygenError.is(error)) throw error;
    faults.push({ code: 'not-bound', level: 'error', message: error.message });
  }
  const verdict = validateWorkflow(sent, known.catalogue, known.validate);
  const issues: Issue[] = [...faults, ...verdict.issues];
  for (const { code, message } of slotWarnings(flow.workflow, flow.slots)) {
    // Nothing is wrong with a graph that takes no prompt: it is set aside where flows are chosen.
    issues.unshift({ code, level: 'warning', message });
  }
  const ok = !issues.some(({ level }) => level === 'error') && verdict.safe;
  const slots = filledSlots(flow.slots).map(([name]) => name);
  return { id: flow.id, ok, slots, verdict: { ...verdict, issues } };
}
