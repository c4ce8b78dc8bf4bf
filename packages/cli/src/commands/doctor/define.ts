import type { Command } from 'commander';
import { type CommonOptions, type Run, withCommonOptions, withExamples } from '../run.ts';

/** `comfygen doctor`. */
export function addDoctor(program: Command, run: Run): void {
  const command = program
    .command('doctor')
    .description('what is set up here: Node, parts, servers, keys, and which flows can run')
    .option('--json', 'print JSON on stdout')
    .action(async (options: CommonOptions) => {
      const { doctor } = await import('./doctor.ts');
      run.exitCode = await doctor(options, run);
    });
  withExamples(withCommonOptions(command), [
    'comfygen doctor',
    'COMFYUI_URL=http://127.0.0.1:8188 comfygen doctor --json',
  ]);
}
