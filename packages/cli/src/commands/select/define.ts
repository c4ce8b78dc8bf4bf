import type { Command } from 'commander';
import { parseSeed } from '../../options/parse-values.ts';
import { withChoiceOptions } from '../choice-options.ts';
import { withLibraryOptions } from '../flows/define.ts';
import { type Run, withCommonOptions, withExamples } from '../run.ts';
import type { SelectOptions } from './options.ts';

/** `comfygen select <prompt…>`. */
export function addSelect(program: Command, run: Run): void {
  const command = program
    .command('select')
    .description('which workflow would be chosen for a prompt; runs nothing')
    .argument('<prompt...>', 'what to draw; - reads it from stdin')
    .option('--explain', 'the whole ranking, the facts behind it, and what was left out')
    .option('--json', 'print one JSON object on stdout')
    .optionsGroup('Who chooses:');
  withChoiceOptions(command)
    .option('-s, --seed <n>', 'the picture’s seed, for a selector that draws by it', parseSeed)
    .optionsGroup('From what:');
  withLibraryOptions(command).action(async (words: string[], options: SelectOptions) => {
    const { select } = await import('./select.ts');
    run.exitCode = await select(words, options, run);
  });
  withExamples(withCommonOptions(command), [
    'comfygen select "a red apple left of a green frog" --explain',
    'comfygen select "a fox" --selector learned --model model.json --explain',
    'comfygen select "a fox" --selector in-context --llm openai:MODEL --json',
  ]);
}
