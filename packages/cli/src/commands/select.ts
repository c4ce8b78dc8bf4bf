import type { Command } from 'commander';
import { parseSeed } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import { withLimitOptions } from '../options/limit-options.ts';
import { withChoiceOptions, withLibraryOptions } from '../options/setup-options.ts';
import type { Run } from '../terminal/io.ts';
import type { SelectOptions } from '../work/select.ts';

/** `comfygen select <prompt…>`. */
export function addSelect(program: Command, run: Run): void {
  const command = program
    .command('select')
    .description('which workflow would be chosen for a prompt; runs nothing')
    .argument('<prompt...>', 'what to draw; - reads it from stdin')
    .option('--explain', 'the whole ranking, the facts behind it, and what was left out')
    .option('--json', 'print one JSON object on stdout')
    .optionsGroup('Who chooses:');
  withLimitOptions(withChoiceOptions(command))
    .option('-s, --seed <n>', 'the picture’s seed, for a selector that draws by it', parseSeed)
    .optionsGroup('From what:');
  withLibraryOptions(command).action(async (words: string[], options: SelectOptions) => {
    const { select } = await import('../work/select.ts');
    run.exitCode = await select(words, options, run);
  });
  withExamples(withCommonOptions(command), [
    'comfygen select "a red apple left of a green frog" --explain',
    'comfygen select "a fox" --selector learned --model model.json --explain',
    'comfygen select "a fox" --selector in-context --llm openai:MODEL --json',
  ]);
}
