import type { Command } from 'commander';
import { collect } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import {
  type LibraryOptions,
  objectInfoOption,
  withLibraryOptions,
  withServerOptions,
} from '../options/setup-options.ts';
import type { Run } from '../terminal/io.ts';
import type { FlowsCheckOptions } from '../work/flows/check.ts';
import type { FlowsListOptions } from '../work/flows/list.ts';

/** `comfygen flows list | show | check`. */
export function addFlows(program: Command, run: Run): void {
  const flows = program
    .command('flows')
    .description('the flow library: workflows and what each is good for');
  const list = withLibraryOptions(flows.command('list'))
    .alias('ls')
    .description('list flows that can run here, with --all the others too')
    .option('-t, --tag <tag>', 'only flows with this tag (animals: category:animals too)', collect)
    .option('-a, --all', 'also flows that cannot run here, with what is missing')
    .addOption(objectInfoOption().conflicts(['url', 'executor']))
    .option('--json', 'print JSON on stdout')
    .action(async (options: FlowsListOptions) => {
      const { listFlows } = await import('../work/flows/list.ts');
      run.exitCode = await listFlows(options, run);
    });
  withExamples(withCommonOptions(list), [
    'comfygen flows list',
    'comfygen flows list --all --tag anime',
    'comfygen flows list --flows ./my-exports --only --json',
  ]);
  const show = withLibraryOptions(flows.command('show'))
    .description('everything about one flow: models, slots, licences, where it comes from')
    .argument('<id>', 'the flow’s id')
    .option('--json', 'print JSON on stdout')
    .action(async (id: string, options: LibraryOptions) => {
      const { showFlow } = await import('../work/flows/show.ts');
      run.exitCode = await showFlow(id, options, run);
    });
  withExamples(withCommonOptions(show), ['comfygen flows show sdxl-base']);
  const check = flows
    .command('check')
    .description('check your own exported workflows; exits 1 where one has a problem')
    .argument('[path]', 'folder, file or URL (default: the library)')
    .option(
      '--node-map <file>',
      'name the node packs of missing classes, by ComfyUI-Manager’s extension-node-map.json',
    )
    .option('--json', 'print JSON on stdout')
    .action(async (path: string | undefined, options: FlowsCheckOptions) => {
      const { checkFlows } = await import('../work/flows/check.ts');
      run.exitCode = await checkFlows(path, options, run);
    });
  withExamples(withCommonOptions(withServerOptions(check)), [
    'comfygen flows check ./my-exports',
    'comfygen flows check ./my-exports --url http://127.0.0.1:8188',
  ]);
}
