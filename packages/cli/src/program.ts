import { Command } from 'commander';
import { addBench } from './commands/bench.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFakeServer } from './commands/fake-server.ts';
import { addFlows } from './commands/flows.ts';
import { addGenerate } from './commands/generate.ts';
import { addJobs } from './commands/jobs.ts';
import { addModels } from './commands/models.ts';
import { addScores } from './commands/scores.ts';
import { addSelect } from './commands/select.ts';
import { addTrain } from './commands/train.ts';
import { addWorkflow } from './commands/workflow.ts';
import type { Run } from './terminal/io.ts';
import { cliVersion } from './version.ts';

const AFTER_HELP = `
Examples:
  comfygen generate "a red apple left of a green frog"
  comfygen select "a red apple left of a green frog" --explain
  comfygen flows list
  comfygen workflow check my-workflow.json

Exit codes:
    0  done
    1  failed, or a check found problems
    2  the command line or the config file is wrong
  130  stopped by Ctrl-C

Settings come from the command line, then from comfygen.config.{json,mjs,ts}
(the nearest one upward from this folder), then from defaults.
NO_COLOR and FORCE_COLOR are respected.`;

/** The command line with all its commands. The code of a command is loaded when it runs, so that --help is quick. */
export function createProgram(run: Run): Command {
  const { io } = run;
  const program = new Command('comfygen')
    .description(
      'Chooses the ComfyUI workflow that fits a prompt, runs it, and scores the picture.',
    )
    .version(cliVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({
      helpWidth: io.columns,
      minWidthToWrap: 20,
      styleTitle: (text) => io.outColors.bold(text),
      styleOptionTerm: (text) => io.outColors.cyan(text),
      styleSubcommandTerm: (text) => io.outColors.cyan(text),
    })
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHasColors: () => io.outColors.isColorSupported,
      getErrHasColors: () => io.errColors.isColorSupported,
      outputError: (text, write) => {
        const message = text.trim().replace(/^error: /, '');
        write(`${io.errColors.red('error')} ${io.errColors.bold('INVALID_OPTIONS')}: ${message}\n`);
      },
    });
  addGenerate(program, run);
  addSelect(program, run);
  addFlows(program, run);
  addJobs(program, run);
  addModels(program, run);
  addWorkflow(program, run);
  addScores(program, run);
  addTrain(program, run);
  addBench(program, run);
  addDoctor(program, run);
  addFakeServer(program, run);
  pointToHelp(program, []);
  program.addHelpText('after', AFTER_HELP);
  return program;
}

/** After a wrong command line, every command says how to get its own help. */
function pointToHelp(command: Command, parents: readonly string[]): void {
  const path = [...parents, command.name()];
  command.showHelpAfterError(`  → See the options with: ${path.join(' ')} --help`);
  for (const child of command.commands) pointToHelp(child, path);
}
