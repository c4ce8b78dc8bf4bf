import { relative } from 'node:path';
import { type ComfyGen, createComfyGen, type ResumeResult, type Warning } from 'comfygen';
import { savePictures } from '../../output/save-pictures.ts';
import { prepareTarget } from '../../output/target.ts';
import { renderDocument } from '../../render/json.ts';
import { renderWarnings } from '../../render/messages.ts';
import { renderPreview } from '../../render/preview.ts';
import { createProgressView, followRun } from '../../render/progress.ts';
import { renderFields } from '../../render/table.ts';
import { plain } from '../../render/text.ts';
import type { Io, Run } from '../../terminal/io.ts';
import { type JobOptions, lookAt, type OpenJob, resumeCommand, withJob } from './open-job.ts';

/** Options of `jobs resume`. */
export interface ResumeOptions extends JobOptions {
  out?: string;
  force?: boolean;
  timeout?: number;
  preview?: boolean;
  quiet?: boolean;
}

/** `jobs resume ID`: follows the job to its end and keeps its pictures. Ctrl-C leaves it running. */
export function resumeJob(id: string, options: ResumeOptions, run: Run): Promise<number> {
  const { io, signal } = run;
  return withJob(id, options, run, async (job) => {
    const { entry, executor, store, shortId, config } = job;
    // Before any work: nobody should wait for a picture that cannot be kept.
    const target = await prepareTarget(io.cwd, options.out ?? config.out);
    // A look first: a server that is not there is said at once, not after a minute of trying.
    await lookAt(job, run);
    run.goesOn = `Go on with: ${resumeCommand(shortId, options)}`;
    const comfygen = createComfyGen({ flows: [], executor, jobs: store });
    const resumed = await follow(comfygen, job, options, run);
    const pictures = resumed.outputs.map((image) => ({ ...image, seed: shortId }));
    const naming = { target, prompt: entry.flowId, force: options.force === true, signal };
    const saved = await savePictures(pictures, naming);
    const { outputs, images: _, ...rest } = resumed;
    const warnings = [...job.warnings, ...resumed.warnings, ...saved.warnings];
    if (options.json) {
      const files = outputs.map(({ hash, mediaType, kind, role }, i) => ({
        ...{ path: saved.paths[i], hash, mediaType, kind, role },
      }));
      io.out(renderDocument('resume', { ...rest, outputs: files, images: files, warnings }));
      return 0;
    }
    const paths = saved.paths.map((path) => relative(io.cwd, path) || path);
    io.out(await renderPreview(outputs[0]!, io, options.preview ?? config.preview));
    io.out(renderResumed({ ...rest, paths, warnings }, io));
    return 0;
  });
}

async function follow(
  comfygen: ComfyGen,
  { entry, executor, config }: OpenJob,
  options: ResumeOptions,
  { io, signal }: Run,
) {
  const view = createProgressView(io, options.quiet === true);
  const timeoutMs = options.timeout ?? config.timeoutMs;
  try {
    followRun(comfygen, view);
    view.update({ activity: `${entry.flowId} on ${executor.name}`, fraction: 0 });
    return await comfygen.resume(entry, { signal, ...(timeoutMs && { timeoutMs }) });
  } finally {
    view.clear();
    await comfygen.dispose();
  }
}

/** What a job of an earlier run gave. */
interface ResumedView extends Pick<ResumeResult, 'planId' | 'flowId' | 'executor'> {
  paths: readonly string[];
  warnings: readonly Warning[];
}

/** The pictures' paths, then what is known of their job. */
function renderResumed({ paths, warnings, ...job }: ResumedView, io: Io): string {
  const { outColors: colors, columns } = io;
  const fields = renderFields(
    [
      ['Flow', colors.green(colors.bold(plain(job.flowId)))],
      ['Score', 'none: the prompt of an earlier run is not kept'],
      ['Ran on', plain(job.executor)],
      ['Job', job.planId],
    ],
    colors,
    columns,
  );
  const said = renderWarnings(warnings, colors, columns);
  const files = paths.map((path) => `${colors.bold(path)}\n`).join('');
  return [files, fields, ...(said === '' ? [] : [said])].join('\n');
}
