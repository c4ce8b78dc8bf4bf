import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Evaluation, renderChart, renderMarkdown } from '@comfygen/lab';
import { prepareTarget } from '../../output/target.ts';
import { alreadyThere, type DocumentTarget, writeText } from '../../output/write-document.ts';

/** Where the chart and the page go. */
export interface ReportPaths {
  svg: string;
  page: string;
}

/**
 * The paths in a folder, which is made and tried at once: nobody should wait for a report that cannot be kept.
 *
 * @throws FILE_ACCESS, also where one of them is there and may not be replaced
 */
export async function prepareReport(
  out: string,
  { force, io }: Pick<DocumentTarget, 'force' | 'io'>,
): Promise<ReportPaths> {
  const { folder } = await prepareTarget(io.cwd, out);
  const paths = { svg: join(folder, 'selectors.svg'), page: join(folder, 'selectors.md') };
  for (const path of force ? [] : Object.values(paths)) {
    const isFree = await access(path).then(
      () => false,
      () => true,
    );
    if (!isFree) throw alreadyThere(path);
  }
  return paths;
}

/** Writes both. @throws FILE_ACCESS */
export async function writeReport(
  { svg, page }: ReportPaths,
  title: string,
  evaluation: Evaluation,
  target: Omit<DocumentTarget, 'out'>,
): Promise<void> {
  const [heading, ...rest] = renderMarkdown(evaluation, { title }).split('\n\n');
  const text = [heading, '![ρ by selector](selectors.svg)', ...rest].join('\n\n');
  await writeText(renderChart(evaluation, { title }), { ...target, out: svg });
  await writeText(text, { ...target, out: page });
}
