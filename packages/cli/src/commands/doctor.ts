import type { Command } from 'commander';
import { collect } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import type { Run } from '../terminal/io.ts';
import type { DoctorOptions } from '../work/doctor/doctor.ts';

/** `comfygen doctor`. */
export function addDoctor(program: Command, run: Run): void {
  const command = program
    .command('doctor')
    .description('what is set up here: Node, parts, servers, keys, and which flows can run')
    .option(
      '--url <address>',
      'a ComfyUI server to look at (default: COMFYUI_URL); repeatable',
      collect,
    )
    .option('--flows', 'also every package and key, and what each flow lacks')
    .option('--json', 'print JSON on stdout')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('../work/doctor/doctor.ts');
      run.exitCode = await doctor(options, run);
    });
  withExamples(withCommonOptions(command), [
    'comfygen doctor',
    'comfygen doctor --flows',
    'comfygen doctor --url http://127.0.0.1:8188 --json',
  ]);
}
