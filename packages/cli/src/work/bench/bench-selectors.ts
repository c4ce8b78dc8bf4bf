import { basename, relative } from 'node:path';
import { type Evaluation, evaluateSelectors } from '@comfygen/lab';
import { loadConfig } from '../../config/load-config.ts';
import { resolveSetup } from '../../config/settings.ts';
import { readScores, type Scores } from '../../input/read-scores.ts';
import { loadLibrary } from '../../library/load-library.ts';
import type { CommonOptions } from '../../options/common-options.ts';
import { renderDocument } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { createProgressView } from '../../render/progress.ts';
import type { Io, Run } from '../../terminal/io.ts';
import { gatherContestants } from './contestants.ts';
import { prepareReport, renderEvaluation, writeReport } from './report.ts';

/** Options of `bench selectors`. */
export interface BenchSelectorsOptions extends CommonOptions {
  train: string;
  test?: string;
  raters?: string;
  selector?: string[];
  llm?: string;
  seed: number;
  splits: number;
  out?: string;
  force?: boolean;
  quiet?: boolean;
}

/** `bench selectors`: a table on stdout, a chart and a page in `--out`. */
export async function benchSelectors(
  options: BenchSelectorsOptions,
  { io, signal }: Run,
): Promise<number> {
  const kept = { force: options.force === true, io, signal };
  const paths = options.out === undefined ? undefined : await prepareReport(options.out, kept);
  const data = await readData(options, io);
  const { config } = await loadConfig(io.cwd, options.config);
  const { flows } = await loadLibrary(resolveSetup({}, config, io.cwd), signal);
  const field = { columns: data.train.matrix.flows, flows, llm: options.llm };
  const contest = await gatherContestants(options.selector, field);
  const view = createProgressView(io, options.quiet === true);
  try {
    const measured = await evaluateSelectors({
      train: data.train.matrix,
      test: data.test?.matrix,
      raters: data.raters?.matrix,
      contestants: contest.contestants,
      flows,
      splits: options.splits,
      seed: options.seed,
      signal,
      onProgress: ({ selector, split, splits, fraction }) => {
        // A log file gets a line a split, a terminal sees who is at work.
        const who = io.errIsTty ? `, ${selector}` : '';
        view.update({ activity: `split ${split} of ${splits}${who}`, fraction });
      },
    });
    const evaluation = { ...measured, notes: [...measured.notes, ...contest.notes] };
    if (paths !== undefined) await writeReport(paths, titleOf(data), evaluation, kept);
    view.clear();
    const written = Object.values(paths ?? {});
    if (options.json)
      io.out(renderDocument('bench-selectors', evaluationJson(data, evaluation, written)));
    else printEvaluation(evaluation, written, io);
    return 0;
  } finally {
    view.clear();
  }
}

/** What is read for one comparison. */
interface Data {
  train: Scores;
  test: Scores | undefined;
  raters: Scores | undefined;
}

async function readData(options: BenchSelectorsOptions, io: Io): Promise<Data> {
  const read = async (option: string, files: string | undefined) =>
    files === undefined ? undefined : readScores(option, files, io);
  return {
    train: await readScores('--train', options.train, io),
    test: await read('--test', options.test),
    raters: await read('--raters', options.raters),
  };
}

function titleOf({ train, test }: Data): string {
  const files = [train, test].flatMap((one) => one?.files ?? []);
  return `Selectors on ${files.map((file) => basename(file)).join(', ')}`;
}

function evaluationJson({ train, test, raters }: Data, evaluation: Evaluation, report: string[]) {
  return {
    ...evaluation,
    train: { files: train.files, ...evaluation.train },
    test: test === undefined ? null : { files: test.files, ...evaluation.test },
    raters: raters === undefined ? null : { files: raters.files },
    report,
  };
}

function printEvaluation(evaluation: Evaluation, written: readonly string[], io: Io): void {
  const { errColors, columns, cwd } = io;
  io.out(renderEvaluation(evaluation, io));
  const warnings = evaluation.notes.map((message) => ({ message }));
  io.err(renderWarnings(warnings, errColors, columns));
  for (const path of written) io.err(`  ${errColors.green('✓')} ${relative(cwd, path) || path}\n`);
}
