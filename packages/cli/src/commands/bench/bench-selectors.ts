import { basename, relative } from 'node:path';
import { evaluateSelectors } from '@comfygen/lab';
import { loadConfig } from '../../config/load-config.ts';
import { resolveSetup } from '../../config/settings.ts';
import { prepareTarget } from '../../output/target.ts';
import { loadLibrary } from '../../parts/flows.ts';
import { renderJson } from '../../render/json.ts';
import { createProgressView } from '../../render/progress.ts';
import { renderWarnings } from '../../render/warnings.ts';
import type { Io } from '../../terminal/io.ts';
import type { Run } from '../run.ts';
import { gatherContestants } from './contestants.ts';
import type { BenchSelectorsOptions } from './options.ts';
import { readScores } from './read-scores.ts';
import { renderEvaluation } from './render-evaluation.ts';
import { writeReport } from './write-report.ts';

/** `bench selectors`: a table on stdout, a chart and a page in `--out`. */
export async function benchSelectors(
  options: BenchSelectorsOptions,
  { io, signal }: Run,
): Promise<number> {
  const read = async (option: string, files: string | undefined) =>
    files === undefined ? undefined : readScores(option, files, io);
  const train = await readScores('--train', options.train, io);
  const test = await read('--test', options.test);
  const raters = await read('--raters', options.raters);
  // Before any work: nobody should wait for a report that cannot be kept.
  const target = options.out === undefined ? undefined : await prepareTarget(io.cwd, options.out);
  const { config } = await loadConfig(io.cwd, options.config);
  const library = await loadLibrary(resolveSetup({}, config, io.cwd), signal);
  const contest = await gatherContestants(options.selector, train.matrix.flows, library.flows);
  const view = createProgressView(io, options.quiet === true);
  try {
    const measured = await evaluateSelectors({
      train: train.matrix,
      test: test?.matrix,
      raters: raters?.matrix,
      contestants: contest.contestants,
      flows: library.flows,
      splits: options.splits,
      seed: options.seed,
      signal,
      onProgress: ({ selector, split, splits, fraction }) => {
        // A log file gets a line a split, a terminal sees who is at work.
        const who = io.errIsTty ? `, ${selector}` : '';
        view.update({ activity: `split ${split} of ${splits}${who}`, fraction });
      },
    });
    view.clear();
    const evaluation = { ...measured, notes: [...measured.notes, ...contest.notes] };
    const files = [train, test].flatMap((one) => one?.files ?? []);
    const title = `Selectors on ${files.map((file) => basename(file)).join(', ')}`;
    const write = { title, force: options.force === true, signal };
    const paths = target === undefined ? [] : await writeReport(target.folder, evaluation, write);
    if (options.json) {
      io.out(
        renderJson({
          train: { files: train.files, ...evaluation.train },
          test: test === undefined ? null : { files: test.files, ...evaluation.test },
          raters: raters === undefined ? null : { files: raters.files },
          splits: evaluation.splits,
          trainShare: evaluation.trainShare,
          seed: evaluation.seed,
          selectors: evaluation.selectors,
          notes: evaluation.notes,
          report: paths,
        }),
      );
    } else {
      io.out(renderEvaluation(evaluation, io));
      io.err(notes(evaluation.notes, paths, io));
    }
    return 0;
  } finally {
    view.clear();
  }
}

function notes(messages: readonly string[], paths: readonly string[], io: Io): string {
  const { errColors, columns, cwd } = io;
  const written = paths.map((path) => `  ${errColors.green('✓')} ${relative(cwd, path) || path}\n`);
  const warnings = messages.map((message) => ({ message }));
  return renderWarnings(warnings, errColors, columns) + written.join('');
}
