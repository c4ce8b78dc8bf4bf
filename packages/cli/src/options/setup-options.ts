import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SetupOptions } from '../config/settings.ts';
import { collect, parseWhole, SHORTLIST } from '../input/parse-values.ts';
import { executorNames } from '../parts/named-parts.ts';
import type { CommonOptions } from './common-options.ts';

/** What a command line may say of the choice. */
export interface ChoiceOptions
  extends Pick<SetupOptions, 'selector' | 'scores' | 'model' | 'llm' | 'shortlist'> {
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
      parseWhole('A shortlist', SHORTLIST.least, SHORTLIST.most),
    )
    .option(
      '--choice-seed <n>',
      'seeds what a selector draws by chance (default: 0)',
      parseWhole('A choice seed', 0, 2 ** 32 - 1),
    );
}

/** Which flows are meant, and where they would run. */
export interface LibraryOptions
  extends CommonOptions,
    Pick<SetupOptions, 'flows' | 'only' | 'executor' | 'url'> {
  /** A server's saved `GET /object_info`, in place of one that can be asked. */
  objectInfo?: string;
}

/** Adds which flows are meant, and where they run or would run. */
export function withLibraryOptions(
  command: Command,
  executorHelp = 'where they would run',
): Command {
  return command
    .option('--flows <path>', 'add flows: folder, exported file or URL; repeatable', collect)
    .option('--only', 'only the flows of --flows, without the library')
    .option('--executor <name>', `${executorHelp}: ${executorNames.join(', ')}`)
    .option(
      '--url <address>',
      'the server of comfyui (default: COMFYUI_URL, else this machine), comfy-api or runpod; repeated: a pool of ComfyUI servers',
      collect,
    );
}

/** Adds which server a graph is converted for and held against. */
export function withServerOptions(command: Command): Command {
  return command
    .option('--url <address>', 'the ComfyUI server that it is for; repeated: a pool', collect)
    .addOption(objectInfoOption().conflicts('url'));
}

/** What a server has answered, for where it can't be asked. */
export const objectInfoOption = (): Option =>
  new Option(
    '--object-info <file>',
    'instead: a server’s saved GET /object_info (default: ComfyUI’s own classes)',
  );

/** Adds where scores are read from. */
export function withScoreSource(command: Command): Command {
  return command
    .argument('[files]', 'CSV as of comfygen bench selectors; joined by a comma they are averaged')
    .option('--records <path>', 'instead: the records of earlier runs, of generate --records');
}

function parseNotEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return text.trim();
}
