import { relative, resolve } from 'node:path';
import type { GenerateResult, Warning } from 'comfygen';
import { loadConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import { resolveSetup } from '../../config/settings.ts';
import { readPrompt } from '../../options/prompt.ts';
import { type Saved, savePictures } from '../../output/save-pictures.ts';
import { prepareTarget } from '../../output/target.ts';
import { compose } from '../../parts/compose.ts';
import { findFlow } from '../../parts/flows.ts';
import { jobFolder, jobsNotKept } from '../../parts/jobs.ts';
import { renderJson } from '../../render/json.ts';
import { executorNotice } from '../../render/notices.ts';
import { renderPreview } from '../../render/preview.ts';
import { createProgressView } from '../../render/progress.ts';
import { renderResult } from '../../render/result.ts';
import type { Io } from '../../terminal/io.ts';
import type { Run } from '../run.ts';
import { dryRun } from './dry-run.ts';
import { followRun } from './follow.ts';
import type { GenerateOptions } from './options.ts';
import { generateRequest } from './request.ts';
import { resultJson } from './result-json.ts';

/** `generate <prompt…>`: makes, keeps and explains the pictures. */
export async function generate(
  words: readonly string[],
  options: GenerateOptions,
  { io, signal }: Run,
): Promise<number> {
  const prompt = await readPrompt(words, io);
  const { config } = await loadConfig(io.cwd, options.config);
  const setup = resolveSetup(options, config, io.cwd);
  if (options.dryRun) return dryRun(prompt, options, config, setup, { io, signal });
  // Before any work: nobody should wait for a picture that cannot be kept.
  const target = await prepareTarget(io.cwd, options.out ?? config.out);
  const records = options.records ?? config.records;
  const keep = {
    records: records === undefined ? undefined : resolve(io.cwd, records),
    jobs: jobFolder(options.jobs ?? config.jobs, io.cwd),
  };
  const { comfygen, executor, flows, warnings } = await compose(setup, keep, signal);
  if (options.jobs && !executor.supports.resume) warnings.push(jobsNotKept(executor.name));
  const view = createProgressView(io, options.quiet === true);
  try {
    if (options.flow !== undefined) findFlow(flows, options.flow);
    if (!options.quiet) io.err(executorNotice(executor.name, io.errColors, io.columns));
    followRun(comfygen, view);
    const request = generateRequest(options, config, executor);
    const result = await comfygen.generate(prompt, { ...request, signal });
    const force = options.force === true;
    const saved = await savePictures(result.images, { target, prompt, force, signal });
    view.clear();
    const all = [...warnings, ...result.warnings, ...saved.warnings];
    if (options.json) io.out(renderJson(resultJson(result, saved.paths, all)));
    else printResult(result, saved, all, options.preview ?? config.preview, io);
    return 0;
  } finally {
    view.clear();
    await comfygen.dispose();
  }
}

function printResult(
  result: GenerateResult,
  saved: Saved,
  warnings: readonly Warning[],
  preview: Config['preview'],
  io: Io,
): void {
  const images = result.images.map(({ seed, score, flowId }, index) => {
    const path = saved.paths[index]!;
    return { seed, score, flowId, path: relative(io.cwd, path) || path };
  });
  io.out(renderPreview(result.best, io, preview));
  io.out(
    renderResult(
      {
        ...result,
        images,
        attempts: result.attempts.length,
        // The seed has its own line.
        warnings: warnings.filter(({ code }) => code !== 'seed-drawn'),
      },
      io,
    ),
  );
}
