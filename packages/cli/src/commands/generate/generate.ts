import { relative, resolve } from 'node:path';
import { loadConfig } from '../../config/load-config.ts';
import { resolveSetup } from '../../config/settings.ts';
import { readPrompt } from '../../options/prompt.ts';
import { savePictures } from '../../output/save-pictures.ts';
import { prepareTarget } from '../../output/target.ts';
import { compose } from '../../parts/compose.ts';
import { findFlow } from '../../parts/flows.ts';
import { renderJson } from '../../render/json.ts';
import { executorNotice } from '../../render/notices.ts';
import { renderPreview } from '../../render/preview.ts';
import { createProgressView } from '../../render/progress.ts';
import { renderResult } from '../../render/result.ts';
import type { Run } from '../run.ts';
import type { GenerateOptions } from './define.ts';
import { followRun } from './follow.ts';
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
  const recordsFolder = options.records ?? config.records;
  const records = recordsFolder === undefined ? undefined : resolve(io.cwd, recordsFolder);
  if (options.dryRun) {
    const { dryRun } = await import('./dry-run.ts');
    return dryRun(prompt, options, config, setup, { io, signal });
  }
  const target = await prepareTarget(io.cwd, options.out ?? config.out);
  const composed = await compose(setup, records, signal);
  const { comfygen, executor } = composed;
  const view = createProgressView(io, options.quiet === true);
  try {
    if (options.flow !== undefined) findFlow(composed.flows, options.flow);
    if (!options.quiet) io.err(executorNotice(executor.name, io.errColors, io.columns));
    followRun(comfygen, view);
    const request = generateRequest(options, config, executor.name);
    const result = await comfygen.generate(prompt, { ...request, signal });
    view.clear();
    const force = options.force === true;
    const saved = await savePictures(result.images, { target, prompt, force, signal });
    const warnings = [...composed.warnings, ...result.warnings, ...saved.warnings];
    const paths = saved.paths.map((path) => relative(io.cwd, path) || path);
    if (options.json) {
      io.out(renderJson(resultJson(result, saved.paths, warnings)));
      return 0;
    }
    io.out(renderPreview(result.best, io, options.preview ?? config.preview));
    const images = result.images.map((image, index) => ({ ...image, path: paths[index]! }));
    const attempts = result.attempts.length;
    const { flow, selection, timings } = { ...result, timings: result.record.timings };
    io.out(
      renderResult(
        { images, flow, selection, executor: executor.name, attempts, timings, warnings },
        io,
      ),
    );
    return 0;
  } finally {
    view.clear();
    await comfygen.dispose();
  }
}
