import type { Command } from 'commander';
import { parseWhole } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import type { Run } from '../terminal/io.ts';
import type { FakeServerOptions } from '../work/fake-server.ts';

/** `comfygen fake-server`. */
export function addFakeServer(program: Command, run: Run): void {
  const command = program
    .command('fake-server')
    .description(
      'a ComfyUI server for tests, no GPU: its API and core nodes, drawn by the emoji world',
    )
    .option('--port <n>', 'port; 0 takes a free one', parseWhole('A port', 0, 65_535), 8188)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async (options: FakeServerOptions) => {
      const { fakeServer } = await import('../work/fake-server.ts');
      run.exitCode = await fakeServer(options, run);
    });
  withExamples(withCommonOptions(command), [
    'comfygen fake-server',
    'comfygen fake-server --port 8189',
  ]);
}
