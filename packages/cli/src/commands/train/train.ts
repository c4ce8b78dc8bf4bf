import { trainLearned } from '@comfygen/selectors/learned';
import { loadConfig } from '../../config/load-config.ts';
import { resolveSetup } from '../../config/settings.ts';
import { prepareDocument, writeDocument } from '../../output/write-document.ts';
import { loadLibrary } from '../../parts/flows.ts';
import { formatMs, plural } from '../../render/text.ts';
import { renderWarnings } from '../../render/warnings.ts';
import type { Run } from '../run.ts';
import { readSource } from '../scores/read-source.ts';
import type { TrainOptions } from './options.ts';

/** `train`: a model file, and on stderr what it was made from. */
export async function train(
  files: string | undefined,
  { records, out, force, seed, embeddings, ...options }: TrainOptions,
  { io, signal }: Run,
): Promise<number> {
  const { matrix, warnings } = await readSource(files, records, io);
  const target = { out, force: force === true, io, signal };
  await prepareDocument(target);
  const { config } = await loadConfig(io.cwd, options.config);
  const { flows } = await loadLibrary(resolveSetup(options, config, io.cwd), signal);
  const embedder = embeddings
    ? (await import('@comfygen/llm/embeddings')).sentenceEmbeddings()
    : undefined;
  const started = performance.now();
  const model = await trainLearned(matrix, { seed, flows, embedder, signal });
  const took = performance.now() - started;
  await writeDocument(model, target);
  const kilobytes = Math.ceil(JSON.stringify(model).length / 1024);
  const from = `${plural(matrix.prompts.length, 'prompt')}, ${plural(matrix.flows.length, 'flow')}`;
  io.err(`${io.errColors.green('✓')} ${out}: ${kilobytes} KiB from ${from} in ${formatMs(took)}\n`);
  io.err(renderWarnings(warnings, io.errColors, io.columns));
  return 0;
}
