import type { Command } from 'commander';
import { collect } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import { withLibraryOptions } from '../options/setup-options.ts';
import type { Run } from '../terminal/io.ts';
import type { ModelsOptions } from '../work/models.ts';

/** `comfygen models list`. */
export function addModels(program: Command, run: Run): void {
  const models = program.command('models').description('model files that an executor has');
  const list = withLibraryOptions(models.command('list'))
    .alias('ls')
    .description('list them by folder')
    .option('--folder <name>', 'only this folder, such as loras; repeatable', collect)
    .option('--used', 'with each file, the flows that use it')
    .option('--missing', 'instead: the files that flows need and it lacks, and where to get them')
    .option('--json', 'print JSON on stdout')
    .action(async (options: ModelsOptions) => {
      const { listModels } = await import('../work/models.ts');
      run.exitCode = await listModels(options, run);
    });
  withExamples(withCommonOptions(list), [
    'comfygen models list',
    'comfygen models list --url http://127.0.0.1:8188 --folder loras',
    'comfygen models list --used --json',
    'comfygen models list --url http://127.0.0.1:8188 --missing',
  ]);
}
