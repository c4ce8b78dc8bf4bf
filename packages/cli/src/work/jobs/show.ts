import type { JobSnapshot } from 'comfygen';
import { isTerminal } from 'comfygen/http';
import { isPool } from '../../parts/pool.ts';
import { renderDocument } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { type Field, renderFields } from '../../render/table.ts';
import { formatAge, formatMs, plain, plural } from '../../render/text.ts';
import type { Run } from '../../terminal/io.ts';
import { type JobOptions, lookAt, type OpenJob, resumeCommand, withJob } from './open-job.ts';

/** `jobs show ID`: asks the backend what became of the job. */
export function showJob(id: string, options: JobOptions, run: Run): Promise<number> {
  const { io } = run;
  return withJob(id, options, run, async (job) => {
    const snapshot = await lookAt(job, run);
    if (options.json) {
      io.out(renderDocument('job', snapshotJson(job, snapshot)));
      return 0;
    }
    const { outColors: colors, columns } = io;
    io.out(`${colors.bold(job.entry.planId)}\n\n`);
    io.out(renderFields(jobFields(job, snapshot), colors, columns));
    const warnings = renderWarnings(snapshot.warnings, colors, columns);
    if (warnings !== '') io.out(`\n${warnings}`);
    const next = nextCommand(job, snapshot, options);
    if (next !== '') io.out(`\n  ${colors.cyan('→')} ${next}\n`);
    return 0;
  });
}

/** A job and what its backend says, for scripts; what only the executor understands stays out. */
export function snapshotJson({ entry, warnings }: OpenJob, snapshot: JobSnapshot) {
  const { planId, runId, flowId, ref } = entry;
  const { executor, id, submittedAt } = ref;
  return {
    ...{ id: planId, backendId: id, runId, flowId, executor, submittedAt },
    ...snapshot,
    outputs: snapshot.outputs.map(({ ref: _, ...output }) => output),
    warnings: [...warnings, ...snapshot.warnings],
  };
}

function jobFields({ entry, executor }: OpenJob, snapshot: JobSnapshot): Field[] {
  const { ref, flowId, planId } = entry;
  const { state, rawState, queuePosition, failure, outputs, timings } = snapshot;
  const word = rawState.toLowerCase() === state ? '' : ` (${executor.name} says ${rawState})`;
  const run = timings?.runMs;
  const member = isPool(executor) ? ref.data?.['member'] : undefined;
  return [
    ['State', plain(state + word)],
    ['Queue', queuePosition === undefined ? '' : `${plural(queuePosition, 'job')} ahead`],
    ['Progress', describeProgress(snapshot)],
    ['Failed', failure === undefined ? '' : plain(`${failure.code}: ${failure.message}`)],
    ['Outputs', outputs.map(({ fileName, kind }) => plain(`${fileName} (${kind})`))],
    ['Flow', plain(flowId)],
    ['Ran on', plain(typeof member === 'string' ? `${executor.name}: ${member}` : executor.name)],
    ['Its id', ref.id === planId ? '' : plain(ref.id)],
    ['Sent', `${formatAge(Date.now() - ref.submittedAt)} ago`],
    ['Run time', run === undefined ? '' : formatMs(run)],
  ];
}

function describeProgress({ progress, state }: JobSnapshot): string {
  if (progress === undefined || state !== 'running') return '';
  const { fraction, classType, node, step, steps } = progress;
  const at = step !== undefined && steps !== undefined ? `${step}/${steps}` : '';
  return [`${Math.floor(fraction * 100)} %`, plain(classType ?? node ?? ''), at]
    .filter(Boolean)
    .join(' ');
}

function nextCommand(job: OpenJob, snapshot: JobSnapshot, options: JobOptions): string {
  const command = resumeCommand(job.shortId, options);
  if (snapshot.state === 'succeeded') return `Fetch its pictures with: ${command}`;
  return isTerminal(snapshot) ? '' : `Follow it and fetch its pictures with: ${command}`;
}
