import { workflowsUrl } from '@comfygen/workflows';
import type { Brief, Flow, Workflow } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import {
  bindWorkflow,
  slotWarnings,
  type ValidationResult,
  validateWorkflow,
} from 'comfygen/workflow';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { locateFlows } from '../../config/settings.ts';
import type { CommonOptions } from '../../options/common-options.ts';
import { renderJson } from '../../render/json.ts';
import { plain, plural, withoutPrefix, wrap } from '../../render/text.ts';
import { filledSlots, type Issue, renderIssue } from '../../render/workflow.ts';
import type { Run } from '../../terminal/io.ts';

interface CheckedFile {
  id: string;
  ok: boolean;
  slots: string[];
  verdict: Omit<ValidationResult, 'issues'> & { issues: Issue[] };
}

/** `flows check [PATH]`: exit code 1 where a file is no workflow, takes no prompt, or has an error. */
export async function checkFlows(
  path: string | undefined,
  options: CommonOptions,
  { io, signal }: Run,
): Promise<number> {
  const flows = await loadFlows(path === undefined ? workflowsUrl : locateFlows(io.cwd, path), {
    signal,
  });
  const checked = flows.map(checkFlowGraph);
  const skipped = flows.skipped.map(({ path: file, error }) => ({
    path: file,
    code: error.code,
    message: error.message,
  }));
  const bad = checked.filter(({ ok }) => !ok).length + skipped.length;
  if (options.json) {
    io.out(renderJson({ ok: bad === 0, flows: checked, skipped }));
    return bad === 0 ? 0 : 1;
  }
  const { outColors: colors } = io;
  for (const one of checked) {
    const mark = one.ok ? colors.green('✓') : colors.red('✗');
    io.out(
      `${mark} ${colors.bold(plain(one.id))}  ${colors.dim(one.slots.join(', ') || 'no slots')}\n`,
    );
    for (const issue of one.verdict.issues.filter(isWorthSaying)) io.out(renderIssue(issue, io));
  }
  for (const { path: file, message } of skipped) {
    const lines = wrap(plain(withoutPrefix(message, file)), io.columns - 4);
    io.out(`${colors.red('✗')} ${colors.bold(plain(file))}\n`);
    io.out(lines.map((line) => `    ${line}\n`).join(''));
  }
  const total = checked.length + skipped.length;
  const summary = bad === 0 ? 'all well' : `${bad} with problems`;
  const unchecked = checked.some(({ verdict }) => verdict.issues.some(isAboutFile))
    ? '; model files were not looked for'
    : '';
  io.out(`\n${colors.dim(`${plural(total, 'workflow')}, ${summary}${unchecked}`)}\n`);
  return bad === 0 ? 0 : 1;
}

/** Without a server every model file is unchecked, which is said once for all. */
const isAboutFile = ({ code, level }: Issue) => code === 'missing-model' && level === 'warning';
const isWorthSaying = (issue: Issue) => !isAboutFile(issue);

/** The graph as a run sends it: what stands in its slots may be a placeholder for another program. */
function asSent({ workflow, slots, defaults }: Flow): Workflow {
  if (slots.prompt.length === 0) return workflow;
  const parts = { subjects: ['a fox', 'a hen'], relation: null, count: 1, scene: '' };
  const open = { negative: undefined, width: undefined, height: undefined, count: undefined };
  const brief: Brief = { prompt: 'a fox', seed: 0, parts, limits: {}, options: {}, ...open };
  return bindWorkflow(workflow, slots, brief, { defaults, catalogue: coreCatalogue }).workflow;
}

function checkFlowGraph(flow: Flow): CheckedFile {
  const verdict = validateWorkflow(asSent(flow), coreCatalogue, {
    ignoreModelFiles: true,
    complete: false,
  });
  const issues: Issue[] = [...verdict.issues];
  for (const { code, message } of slotWarnings(flow.workflow, flow.slots)) {
    issues.unshift({ code, level: code === 'no-prompt-slot' ? 'error' : 'warning', message });
  }
  const ok = !issues.some(({ level }) => level === 'error') && verdict.safe;
  const slots = filledSlots(flow.slots).map(([name]) => name);
  return { id: flow.id, ok, slots, verdict: { ...verdict, issues } };
}
