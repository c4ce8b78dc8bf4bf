import type { ResumeResult, Warning } from 'comfygen';
import type { Io } from '../terminal/io.ts';
import { renderFields } from './fields.ts';
import { plain } from './text.ts';
import { renderWarnings } from './warnings.ts';

/** What a job of an earlier run gave. */
export interface ResumedView extends Pick<ResumeResult, 'planId' | 'flowId' | 'executor'> {
  paths: readonly string[];
  warnings: readonly Warning[];
}

/** The pictures' paths, then what is known of their job. */
export function renderResumed({ paths, warnings, ...job }: ResumedView, io: Io): string {
  const { outColors: colors, columns } = io;
  const fields = renderFields(
    [
      ['Flow', colors.green(colors.bold(plain(job.flowId)))],
      ['Score', 'none: the prompt of an earlier run is not kept'],
      ['Ran on', plain(job.executor)],
      ['Job', job.planId],
    ],
    colors,
    columns,
  );
  const said = renderWarnings(warnings, colors, columns);
  const files = paths.map((path) => `${colors.bold(path)}\n`).join('');
  return [files, fields, ...(said === '' ? [] : [said])].join('\n');
}
