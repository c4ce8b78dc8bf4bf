import type { Command } from 'commander';
import { collect } from '../../options/parse-values.ts';
import { type CommonOptions, type Run, withCommonOptions, withExamples } from '../run.ts';
import type { FlowsListOptions, FlowsOptions } from './options.ts';

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
    .option('--json', 'print JSON on stdout')
    .action(async (options: FlowsListOptions) => {
      const { listFlows } = await import('./list.ts');
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
    .action(async (id: string, options: FlowsOptions) => {
      const { showFlow } = await import('./show.ts');
      run.exitCode = await showFlow(id, options, run);
    });
  withExamples(withCommonOptions(show), ['comfygen flows show sdxl-base']);
  const check = flows
    .command('check')
    .description('check your own exported workflows; exits 1 where one has a problem')
    .argument('[path]', 'folder, file or URL (default: the library)')
    .option('--json', 'print JSON on stdout')
    .action(async (path: string | undefined, options: CommonOptions) => {
      const { checkFlows } = await import('./check.ts');
      run.exitCode = await checkFlows(path, options, run);
    });
  withExamples(withCommonOptions(check), ['comfygen flows check ./my-exports']);
}

/** Which flows are meant, and where they would run. */
export function withLibraryOptions(command: Command): Command {
  return command
    .option('--flows <path>', 'add flows: folder, exported file or URL; repeatable', collect)
    .option('--only', 'only the flows of --flows, without the library')
    .option(
      '--executor <name>',
      'where they would run: embedded, comfyui, comfy-api, comfyicu, replicate, runpod, pool',
    )
    .option(
      '--url <address>',
      'the server of comfyui (default: COMFYUI_URL, else this machine), comfy-api or runpod; repeated: a pool of ComfyUI servers',
      collect,
    );
}
