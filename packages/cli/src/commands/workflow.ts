import type { Command } from 'commander';
import {
  parseCount,
  parseHeight,
  parseInput,
  parseSeed,
  parseWidth,
} from '../input/parse-values.ts';
import type { ServerOptions } from '../library/known-classes.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import { withServerOptions } from '../options/setup-options.ts';
import type { Run } from '../terminal/io.ts';
import type { WorkflowSlotsOptions } from '../work/workflow/inspect.ts';
import type { WorkflowBindOptions, WorkflowConvertOptions } from '../work/workflow/make.ts';

/** `comfygen workflow check | slots | bind | diff | convert`. */
export function addWorkflow(program: Command, run: Run): void {
  const workflow = program
    .command('workflow')
    .description(
      'tools on workflow files: exports, files of the editor, pictures with a workflow; FILE may be - for stdin',
    );
  addCheck(workflow, run);
  addSlots(workflow, run);
  addBind(workflow, run);
  addDiff(workflow, run);
  addConvert(workflow, run);
}

function addCheck(workflow: Command, run: Run): void {
  const command = workflow
    .command('check')
    .description('would a server accept this workflow, and is it safe; exits 1 where not')
    .argument('<file>', 'workflow: .json, a picture that holds one, or an http(s) address')
    .option('--json', 'print JSON on stdout')
    .action(async (file: string, options: ServerOptions) => {
      const { checkWorkflow } = await import('../work/workflow/inspect.ts');
      run.exitCode = await checkWorkflow(file, options, run);
    });
  withExamples(withCommonOptions(withServerOptions(command)), [
    'comfygen workflow check portrait.json',
    'comfygen workflow check portrait.png --url http://127.0.0.1:8188',
    'curl -s http://127.0.0.1:8188/object_info > info.json',
    'comfygen workflow check portrait.json --object-info info.json --json',
  ]);
}

function addSlots(workflow: Command, run: Run): void {
  const command = workflow
    .command('slots')
    .description('which inputs a brief fills or can set by name, with range and present value')
    .argument('<file>', 'workflow: .json, a picture that holds one, or an http(s) address')
    .option('--all', 'every other value of the graph too, as node.input')
    .option('--json', 'print JSON on stdout')
    .action(async (file: string, options: WorkflowSlotsOptions) => {
      const { showSlots } = await import('../work/workflow/inspect.ts');
      run.exitCode = await showSlots(file, options, run);
    });
  withExamples(withCommonOptions(withServerOptions(command)), [
    'comfygen workflow slots portrait.json',
  ]);
}

function addBind(workflow: Command, run: Run): void {
  const command = workflow
    .command('bind')
    .description('the workflow with a prompt, seed and size filled in, as JSON on stdout')
    .argument('<file>', 'workflow: .json, a picture that holds one, or an http(s) address')
    .requiredOption('-p, --prompt <text>', 'what to draw')
    .option('--negative <text>', 'what the picture should not show')
    .option('-s, --seed <n>', '0 to 2^64 − 1 (default: the file’s own)', parseSeed)
    .option('-W, --width <px>', 'width in pixels', parseWidth)
    .option('-H, --height <px>', 'height in pixels', parseHeight)
    .option('-n, --count <n>', 'how many pictures', parseCount)
    .option('-i, --input <name=value>', 'an input of the graph: steps=30; repeatable', parseInput)
    .action(async (file: string, options: WorkflowBindOptions) => {
      const { bindFile } = await import('../work/workflow/make.ts');
      run.exitCode = await bindFile(file, options, run);
    });
  withExamples(withCommonOptions(withServerOptions(command)), [
    'comfygen workflow bind portrait.json --prompt "a fox" --seed 7 > fox.json',
  ]);
}

function addDiff(workflow: Command, run: Run): void {
  const command = workflow
    .command('diff')
    .description('how two workflows differ, node ids and key order apart; exits 1 where they do')
    .argument('<before>', 'workflow: .json, a picture that holds one, or an http(s) address')
    .argument('<after>', 'workflow: .json, a picture that holds one, or an http(s) address')
    .option('--json', 'print JSON on stdout')
    .action(async (before: string, after: string, options: ServerOptions) => {
      const { diffFiles } = await import('../work/workflow/inspect.ts');
      run.exitCode = await diffFiles(before, after, options, run);
    });
  withExamples(withCommonOptions(withServerOptions(command)), [
    'comfygen workflow diff old.json new.json',
  ]);
}

function addConvert(workflow: Command, run: Run): void {
  const command = workflow
    .command('convert')
    .description('the API format of what ComfyUI’s editor saved (UI format), as JSON on stdout')
    .argument('<source>', 'a .json file, a picture made by ComfyUI, or an http(s) address of one')
    .option('-o, --out <file>', 'write there instead of stdout')
    .option('--force', 'replace that file')
    .action(async (source: string, options: WorkflowConvertOptions) => {
      const { convertSource } = await import('../work/workflow/make.ts');
      run.exitCode = await convertSource(source, options, run);
    });
  withExamples(withCommonOptions(withServerOptions(command)), [
    'comfygen workflow convert drawn.json > api.json',
    'comfygen workflow convert a.png --url http://127.0.0.1:8188 --out api.json',
  ]);
}
