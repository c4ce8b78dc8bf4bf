import type { Command } from 'commander';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import { withScoreSource } from '../options/setup-options.ts';
import type { Run } from '../terminal/io.ts';
import type { ScoresOptions } from '../work/scores.ts';

/** `comfygen scores [files]`. */
export function addScores(program: Command, run: Run): void {
  const command = withScoreSource(program.command('scores'))
    .description('a score table from scored prompts, for in-context and fine-tuned selectors')
    .option('--no-label', 'only the labels of the data, none by the words of the prompts')
    .option('-o, --out <file>', 'write it there (default: stdout)')
    .option('--force', 'replace a file of this name')
    .action(async (files: string | undefined, options: ScoresOptions) => {
      const { makeScores } = await import('../work/scores.ts');
      run.exitCode = await makeScores(files, options, run);
    });
  withExamples(withCommonOptions(command), [
    'comfygen scores scores.csv --out table.json',
    'comfygen scores --records kept/ --out table.json',
    'comfygen select "a fox" --selector in-context --llm openai:MODEL --scores table.json',
  ]);
}
