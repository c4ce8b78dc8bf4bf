import { trainLearned } from '@comfygen/selectors/learned';
import { loadConfig } from '../config/load-config.ts';
import { resolveSetup } from '../config/settings.ts';
import { readScoreSource } from '../input/read-scores.ts';
import { loadLibrary } from '../library/load-library.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { prepareDocument, writeDocument } from '../output/write-file.ts';
import { renderWarnings } from '../render/messages.ts';
import { formatMs, plural } from '../render/text.ts';
import type { Run } from '../terminal/io.ts';

/** Options of `train`. */
export interface TrainOptions extends CommonOptions {
  records?: string;
  out: string;
  force?: boolean;
  seed: number;
  embeddings?: boolean;
  flows?: string[];
}

/** `train`: a model file, and on stderr what it was made from. */
export async function train(
  files: string | undefined,
  { records, out, force, seed, embeddings, ...options }: TrainOptions,
  { io, signal }: Run,
): Promise<number> {
  const { matrix, warnings } = await readScoreSource(files, records, io);
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
