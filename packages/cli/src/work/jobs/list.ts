import { relative } from 'node:path';
import type { JobEntry } from 'comfygen';
import { isTerminal } from 'comfygen/http';
import { renderDocument } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { renderTable } from '../../render/table.ts';
import { formatAge, plain, plural, wrap } from '../../render/text.ts';
import type { Run } from '../../terminal/io.ts';
import { type JobsOptions, readJobs, shortIds } from './read-jobs.ts';

/** `jobs list`: the jobs of earlier runs, newest first, as they were last known; asks no backend. */
export async function listJobs(options: JobsOptions, run: Run): Promise<number> {
  const { io } = run;
  const { place, entries, warnings } = await readJobs(options, run);
  const now = Date.now();
  const newest = entries.toSorted((a, b) => b.ref.submittedAt - a.ref.submittedAt);
  if (options.json) {
    io.out(
      renderDocument('jobs', { place, jobs: newest.map((entry) => toJson(entry, now)), warnings }),
    );
    return 0;
  }
  const { outColors: colors, columns } = io;
  const where = relative(io.cwd, place) || place;
  if (newest.length > 0) io.out(`${renderJobs(newest, now, run)}\n`);
  const open = newest.filter((entry) => !isTerminal(entry)).length;
  const note =
    newest.length === 0
      ? `No jobs are kept in ${where}. Executors whose jobs outlive the command leave them there: comfyui and the services.`
      : `${plural(newest.length, 'job')} in ${where}; ${open} not known to have ended. Ask with: comfygen jobs show ID`;
  io.out(`${wrap(note, columns).map(colors.dim).join('\n')}\n`);
  io.err(renderWarnings(warnings, io.errColors, columns));
  return 0;
}

function renderJobs(entries: readonly JobEntry[], now: number, { io }: Run): string {
  const { outColors: colors, columns } = io;
  const ids = shortIds(entries);
  const rows = entries.map((entry) => [
    ids.get(entry)!,
    plain(entry.flowId),
    plain(entry.ref.executor),
    plain(entry.state),
    formatAge(now - entry.ref.submittedAt),
  ]);
  return renderTable(
    [
      { title: 'ID', paint: colors.bold },
      { title: 'FLOW', least: 12 },
      { title: 'EXECUTOR', least: 9 },
      { title: 'LAST KNOWN', paint: (text) => paintState(text, colors) },
      { title: 'AGE', paint: colors.dim },
    ],
    rows,
    colors,
    columns,
  );
}

function paintState(text: string, colors: Run['io']['outColors']): string {
  if (text.startsWith('succeeded')) return colors.green(text);
  return /^(failed|expired)/.test(text) ? colors.red(text) : colors.yellow(text);
}

function toJson({ planId, runId, flowId, ref, state }: JobEntry, now: number) {
  const { executor, id, submittedAt } = ref;
  const ageMs = Math.max(0, now - submittedAt);
  return { id: planId, backendId: id, runId, flowId, executor, state, submittedAt, ageMs };
}
