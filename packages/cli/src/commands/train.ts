import type { Command } from 'commander';
import { collect, parseWhole } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import { withScoreSource } from '../options/setup-options.ts';
import type { Run } from '../terminal/io.ts';
import type { TrainOptions } from '../work/train.ts';

/** `comfygen train [files]`. */
export function addTrain(program: Command, run: Run): void {
  const command = withScoreSource(program.command('train'))
    .description('a model from scored prompts, for the learned selector; takes seconds')
    .requiredOption('-o, --out <file>', 'write it there')
    .option('--force', 'replace a file of this name')
    .option(
      '-s, --seed <n>',
      'same scores and seed, same model',
      parseWhole('A seed', 0, 2 ** 32 - 1),
      0,
    )
    .option('--embeddings', 'compare prompts by meaning too; needs @energetic-ai packages')
    .option('--flows <path>', 'flows of your own beside the library; repeatable', collect)
    .action(async (files: string | undefined, options: TrainOptions) => {
      const { train } = await import('../work/train.ts');
      run.exitCode = await train(files, options, run);
    });
  withExamples(withCommonOptions(command), [
    'comfygen train scores.csv --out model.json',
    'comfygen train --records kept/ --out model.json',
    'comfygen select "a fox" --selector learned --model model.json --explain',
  ]);
}
