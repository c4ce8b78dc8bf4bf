import { type Command, Option } from 'commander';
import { collect, parseDurationMs } from '../input/parse-values.ts';
import { withCommonOptions, withExamples } from '../options/common-options.ts';
import type { Run } from '../terminal/io.ts';
import type { JobOptions } from '../work/jobs/open-job.ts';
import type { JobsOptions } from '../work/jobs/read-jobs.ts';
import type { ResumeOptions } from '../work/jobs/resume.ts';

/** `comfygen jobs list | show | cancel | resume`. */
export function addJobs(program: Command, run: Run): void {
  const jobs = program.command('jobs').description('jobs of earlier runs: look, stop, fetch');
  const list = withFolder(jobs.command('list'))
    .alias('ls')
    .description('list them, newest first, as they were last known; asks nobody')
    .action(async (options: JobsOptions) => {
      const { listJobs } = await import('../work/jobs/list.ts');
      run.exitCode = await listJobs(options, run);
    });
  withExamples(withCommonOptions(list), ['comfygen jobs list', 'comfygen jobs ls --json']);
  const show = withJobArgument(jobs.command('show'))
    .description('ask the backend: state, place in the queue, progress, outputs')
    .action(async (id: string, options: JobOptions) => {
      const { showJob } = await import('../work/jobs/show.ts');
      run.exitCode = await showJob(id, options, run);
    });
  withExamples(withCommonOptions(show), ['comfygen jobs show 1a2b3c4d']);
  const cancel = withJobArgument(jobs.command('cancel'))
    .description('stop it; exits 1 where it goes on all the same')
    .action(async (id: string, options: JobOptions) => {
      const { cancelJob } = await import('../work/jobs/cancel.ts');
      run.exitCode = await cancelJob(id, options, run);
    });
  withExamples(withCommonOptions(cancel), ['comfygen jobs cancel 1a2b3c4d']);
  addResume(jobs, run);
}

function addResume(jobs: Command, run: Run): void {
  const resume = withJobArgument(jobs.command('resume'))
    .description('follow it to its end and write its pictures; Ctrl-C leaves it running')
    .option('-o, --out <path>', 'picture file or folder (default: comfygen-output/)')
    .option('--force', 'replace a file of the same name')
    .option('--timeout <time>', 'stop following after: 90s, 1500ms, 5m', parseDurationMs)
    .option('-q, --quiet', 'no progress on stderr')
    .addOption(new Option('--preview', 'show the picture here'))
    .addOption(new Option('--no-preview', 'do not show it'))
    .action(async (id: string, options: ResumeOptions) => {
      const { resumeJob } = await import('../work/jobs/resume.ts');
      run.exitCode = await resumeJob(id, options, run);
    });
  withExamples(withCommonOptions(resume), [
    'comfygen jobs resume 1a2b3c4d',
    'comfygen jobs resume 1a2b3c4d --url http://127.0.0.1:8188 --out fox.png',
  ]);
}

function withFolder(command: Command): Command {
  return command
    .option('--jobs <path>', 'where generate kept them (default: .comfygen/comfygen.db)')
    .option('--json', 'print JSON on stdout');
}

function withJobArgument(command: Command): Command {
  return withFolder(command)
    .argument('<id>', 'the job’s id, or as much of it as tells it from the others')
    .option(
      '--url <address>',
      'the server that it was sent to, where generate was given one; repeatable',
      collect,
    );
}
