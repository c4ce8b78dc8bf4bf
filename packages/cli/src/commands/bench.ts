import type { Command } from 'commander';
import { parseWhole } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import type { Run } from '../terminal/io.ts';
import type { BenchSelectorsOptions } from '../work/bench/bench-selectors.ts';

const FILES = 'CSV; files joined by a comma are averaged cell by cell';

/** `comfygen bench selectors`. */
export function addBench(program: Command, run: Run): void {
  const bench = program.command('bench').description('measure how good selectors choose');
  const selectors = bench
    .command('selectors')
    .description('compare selectors on scored prompts that they never saw')
    .optionsGroup('The scores:')
    .requiredOption('--train <files>', `scores to learn from: ${FILES}`)
    .option('--test <files>', 'scores to judge by (default: splits of --train)')
    .option('--raters <files>', 'a second panel on the same pictures, for a ceiling')
    .optionsGroup('The comparison:')
    .option('--selector <name...>', 'only these beside the baselines (default: all that apply)')
    .option('--llm <model>', 'asked by in-context: anthropic:MODEL or openai:MODEL[@URL]')
    .option('-s, --seed <n>', 'draws the splits', parseWhole('A seed', 0, 2 ** 53 - 1), 0)
    .option(
      '--splits <n>',
      'how often prompts are split, 70 % to learn from',
      parseWhole('A number of splits', 1, 1000),
      20,
    )
    .optionsGroup('Where it goes:')
    .option('-o, --out <folder>', 'also write selectors.svg and selectors.md there')
    .option('--force', 'replace files of these names')
    .option('--json', 'print one JSON object on stdout')
    .option('-q, --quiet', 'no progress on stderr')
    .action(async (options: BenchSelectorsOptions) => {
      const { benchSelectors } = await import('../work/bench/bench-selectors.ts');
      run.exitCode = await benchSelectors(options, run);
    });
  withExamples(withCommonOptions(selectors), [
    'comfygen bench selectors --train scores.csv',
    'comfygen bench selectors --train looks.csv,match.csv --selector learned --seed 1',
    'comfygen bench selectors --train panel-1.csv --raters panel-2.csv --out report/',
    'comfygen bench selectors --train a.csv --test b.csv --json > result.json',
  ]).addHelpText('after', FORMAT);
}

const FORMAT = `
A file of scores is CSV, a row a prompt and a column of numbers a flow, higher
is better, empty where there is none; labels are joined by | and may be empty:
  id,prompt,labels,sdxl-base,flux-schnell
  1,a red fox in snow,animals|nature,0.71,0.64`;
