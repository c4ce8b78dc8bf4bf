import { type Command, InvalidArgumentError } from 'commander';
import { parseWhole } from '../options/parse-values.ts';

/** What a command line may say of the choice. */
export interface ChoiceOptions {
  selector?: string;
  scores?: string;
  model?: string;
  llm?: string;
  shortlist?: number;
  choiceSeed?: number;
}

/** Adds who chooses, and by what. */
export function withChoiceOptions(command: Command): Command {
  return command
    .option('--selector <name>', 'who chooses the flow: rules, learned, in-context, fine-tuned')
    .option('--scores <file>', 'score table for in-context and fine-tuned; see comfygen scores')
    .option('--model <file>', 'model of learned; see comfygen train')
    .option(
      '--llm <model>',
      'for in-context and fine-tuned: anthropic:MODEL or openai:MODEL[@URL]',
      parseNotEmpty,
    )
    .option(
      '--shortlist <n>',
      'run so many flows of the ranking, keep the best picture first',
      parseWhole('A shortlist', 2, 100),
    )
    .option(
      '--choice-seed <n>',
      'seeds what a selector draws by chance (default: 0)',
      parseWhole('A choice seed', 0, 2 ** 32 - 1),
    );
}

function parseNotEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return text.trim();
}
