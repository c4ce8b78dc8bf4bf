import type { Command } from 'commander';

/** Options that every command takes. */
export interface CommonOptions {
  config?: string;
  verbose?: boolean;
  json?: boolean;
}

/** Adds the options that every command takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings file instead of the nearest comfygen.config.*')
    .option('--verbose', 'with an error, also print where it came from');
}

/** Examples below a command's help. */
export function withExamples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}
