import { ComfygenError } from 'comfygen';
import { CommanderError } from 'commander';
import { closeStores } from './parts/stores.ts';
import { createProgram } from './program.ts';
import { renderDocument } from './render/json.ts';
import { errorJson, renderError } from './render/messages.ts';
import { Interrupted, listenForInterrupt } from './terminal/interrupt.ts';
import { createProcessIo, type Io, type Run } from './terminal/io.ts';

/** What was typed is wrong: the shell's own exit code for it. */
const USAGE = 2;
const USAGE_CODES = ['INVALID_OPTIONS', 'INVALID_BRIEF'];

/**
 * Runs one command line. Resolves to the exit code: 0 done, 1 failed or problems found, 2 the command
 * line or config is wrong, 130 stopped by Ctrl-C.
 */
export async function main(argv: readonly string[], io: Io = createProcessIo()): Promise<number> {
  const interrupt = listenForInterrupt();
  const { signal } = interrupt;
  const run: Run = { io: { ...io, readInput: () => io.readInput(signal) }, signal, exitCode: 0 };
  try {
    await createProgram(run).parseAsync(argv, { from: 'user' });
    return run.exitCode;
  } catch (error) {
    return report(error, run, argv);
  } finally {
    interrupt.stop();
    closeStores();
  }
}

function report(error: unknown, { io, signal, goesOn }: Run, argv: readonly string[]): number {
  const json = argv.includes('--json');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Commander has printed its own message, or the help that was asked for.
    const message = error.message.replace(/^error: /, '');
    if (json) io.out(renderDocument('error', { error: { code: 'INVALID_OPTIONS', message } }));
    return USAGE;
  }
  const stop = signal.aborted ? signal.reason : error;
  if (stop instanceof Interrupted) {
    const { message } = stop;
    const { yellow, cyan } = io.errColors;
    const what = goesOn === undefined ? 'canceled' : 'left running';
    io.err(`${yellow(what)}: ${message}\n`);
    if (goesOn !== undefined) io.err(`  ${cyan('→')} ${goesOn}\n`);
    if (json)
      io.out(renderDocument('error', { error: { code: 'CANCELED', message, hint: goesOn } }));
    return stop.exitCode;
  }
  io.err(renderError(error, io.errColors, argv.includes('--verbose'), argv));
  if (json) io.out(renderDocument('error', errorJson(error, argv)));
  return ComfygenError.is(error) && USAGE_CODES.includes(error.code) ? USAGE : 1;
}
