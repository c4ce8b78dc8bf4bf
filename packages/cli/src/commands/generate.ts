import { BRIEF_LIMITS } from 'comfygen';
import { type Command, Option } from 'commander';
import {
  collect,
  parseAspect,
  parseCount,
  parseDurationMs,
  parseHeight,
  parseIndex,
  parseInput,
  parseLongestSide,
  parseSeed,
  parseStrength,
  parseWidth,
} from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import { withLimitOptions } from '../options/limit-options.ts';
import { withChoiceOptions, withLibraryOptions } from '../options/setup-options.ts';
import type { Run } from '../terminal/io.ts';
import type { GenerateOptions } from '../work/generate.ts';

/** `comfygen generate <prompt…>`. */
export function addGenerate(program: Command, run: Run): void {
  const command = program
    .command('generate')
    .alias('g')
    .description('make a picture of a prompt with the workflow that fits it best')
    .argument('<prompt...>', 'what to draw; - reads it from stdin')
    .optionsGroup('What to draw:')
    .option('-s, --seed <n>', 'same seed, same picture; 0 to 2^64 − 1', parseSeed)
    .option('-n, --count <n>', `how many pictures, 1 to ${BRIEF_LIMITS.maxCount}`, parseCount)
    .option('--index <n>', 'only this picture of a batch, from 0: makes one again', parseIndex)
    .option('-W, --width <px>', 'width in pixels', parseWidth)
    .option('-H, --height <px>', 'height in pixels', parseHeight)
    .option('--aspect <ratio>', 'width to height, as 16:9; keeps the flow’s own area', parseAspect)
    .option('--longest-side <px>', 'the longer side in pixels', parseLongestSide)
    .option('--exact-size', 'only flows that give exactly this size')
    .option('--negative <text>', 'what the picture should not show')
    .option('--image <file>', 'what to make it from; SLOT=FILE for others; repeatable', collect)
    .option('--mask <file>', 'what of the image is painted anew: white')
    .option('--strength <n>', 'how much of the image is made anew, 0 to 1', parseStrength)
    .option('--strict', 'fail on words that the model does not know')
    .optionsGroup('How to draw it:')
    .option('-f, --flow <id>', 'this flow instead of the selector’s choice')
    .option(
      '-i, --input <name=value>',
      'an input of the graph: steps=30, lora:ink=0.8, 12.denoise=0.6; NAME?=VALUE where it may be missing; repeatable',
      parseInput,
    );
  withLibraryOptions(command, 'where to run it')
    .option('--scorer <name>', 'who judges: technical, adherence, none; repeatable', collect)
    .option('--timeout <time>', 'give up after: 90s, 1500ms, 5m', parseDurationMs)
    .option('--dry-run', 'show the choice and the workflow, run nothing')
    .optionsGroup('Who chooses:');
  withLimitOptions(withChoiceOptions(command))
    .optionsGroup('Where it goes:')
    .option('-o, --out <path>', 'picture file or folder (default: comfygen-output/)')
    .option('--force', 'replace a file of the same name')
    .option(
      '--records <path>',
      'keep a record of the run in this FILE.db or folder (default: none)',
    )
    .option(
      '--jobs <path>',
      'keep references of jobs there, for comfygen jobs (default: .comfygen/comfygen.db, where jobs outlive this command)',
    )
    .option('--no-jobs', 'keep none')
    .option('--cache', 'same prompt and --seed: the picture of before (kept in .comfygen/cache)')
    .option('--run-id <id>', 'name the run so in its record and errors (default: drawn)')
    .option('--json', 'print one JSON object on stdout')
    .option('-q, --quiet', 'no progress and no notes')
    .addOption(
      new Option(
        '--preview',
        'show the picture here (on by itself in iTerm2, Kitty, WezTerm, Ghostty)',
      ),
    )
    .addOption(new Option('--no-preview', 'do not show it'));
  command.action(async (words: string[], options: GenerateOptions) => {
    const { generate } = await import('../work/generate.ts');
    run.exitCode = await generate(words, options, run);
  });
  withExamples(withCommonOptions(command), [
    'comfygen generate "a red apple left of a green frog"',
    'comfygen generate "three blue fish" --seed 7 --count 4 --out fish/',
    'comfygen generate "three blue fish" --seed 7 --count 4 --index 2',
    'comfygen generate "a fox" --aspect 16:9 -i steps=30 -i sampler=dpmpp_2m',
    'comfygen generate "a fox" --dry-run',
    'comfygen generate "a fox" --url http://127.0.0.1:8188',
    'comfygen generate "a fox" --url http://gpu-1:8188 --url http://gpu-2:8188',
    'comfygen generate "a fox, oil painting" --image photo.png --strength 0.6',
    'comfygen generate "a fox" --shortlist 3',
    'comfygen generate "a fox" --selector in-context --llm anthropic:MODEL',
    'echo "a red apple" | comfygen generate - --json --quiet',
  ]);
}
