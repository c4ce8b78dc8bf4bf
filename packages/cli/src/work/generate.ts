import { relative, resolve } from 'node:path';
import {
  ComfygenError,
  type ExecutorV1,
  type Flow,
  type GenerateResult,
  type Warning,
} from 'comfygen';
import { compose } from '../compose.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { resolveSetup, type Setup, type SetupOptions } from '../config/settings.ts';
import type { GivenInputs } from '../input/parse-values.ts';
import { readPrompt } from '../input/read-input.ts';
import { type PictureOptions, readPictures } from '../input/read-pictures.ts';
import { findFlow } from '../library/load-library.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { type LimitOptions, limitRequest } from '../options/limit-options.ts';
import { createSaver, type Picture } from '../output/save-pictures.ts';
import { prepareTarget } from '../output/target.ts';
import { jobPlace, jobsNotKept } from '../parts/jobs.ts';
import { loadExecutor } from '../parts/named-parts.ts';
import { executorsIn } from '../parts/pool.ts';
import { USUAL_CACHE } from '../parts/stores.ts';
import { choiceFields } from '../render/choice.ts';
import { renderDocument, renderJson, selectionJson } from '../render/json.ts';
import { renderWarnings } from '../render/messages.ts';
import { renderPreview } from '../render/preview.ts';
import { createProgressView, followRun } from '../render/progress.ts';
import { renderResult } from '../render/result.ts';
import { renderFields } from '../render/table.ts';
import { plain, wrap } from '../render/text.ts';
import type { Colors, Io, Run } from '../terminal/io.ts';

/** The options of `generate`; those that are left out come from the config file. */
export interface GenerateOptions extends CommonOptions, SetupOptions, LimitOptions, PictureOptions {
  choiceSeed?: number;
  runId?: string;
  out?: string;
  force?: boolean;
  seed?: number | bigint;
  count?: number;
  index?: number;
  width?: number;
  height?: number;
  aspect?: `${number}:${number}`;
  longestSide?: number;
  exactSize?: boolean;
  input?: GivenInputs;
  negative?: string;
  strength?: number;
  flow?: string;
  strict?: boolean;
  timeout?: number;
  records?: string;
  /** Where references of jobs are kept; `false` keeps none. */
  jobs?: string | false;
  cache?: boolean;
  dryRun?: boolean;
  preview?: boolean;
  quiet?: boolean;
}

/** How long a dry run waits for a server to say what it can run. */
const DRY_RUN_ASK_MS = 10_000;

/** `generate <prompt…>`: makes, keeps and explains the pictures. */
export async function generate(
  words: readonly string[],
  options: GenerateOptions,
  run: Run,
): Promise<number> {
  const { io, signal } = run;
  const prompt = await readPrompt(words, io);
  const { config } = await loadConfig(io.cwd, options.config);
  const setup = resolveSetup(options, config, io.cwd);
  const pictures = await readPictures(options, io);
  if (options.dryRun) return dryRun({ prompt, options, config, setup, pictures }, run);
  // Before any work: nobody should wait for a picture that cannot be kept.
  const target = await prepareTarget(io.cwd, options.out ?? config.out);
  const records = options.records ?? config.records;
  const keep = {
    records: records === undefined ? undefined : resolve(io.cwd, records),
    jobs: jobPlace(options.jobs ?? config.jobs, io.cwd),
    cache: cachePlace(options, config, io.cwd),
  };
  const { comfygen, executor, flows, warnings } = await compose(setup, keep, signal);
  if (options.jobs && !executor.supports.resume) warnings.push(jobsNotKept(executor.name));
  const view = createProgressView(io, options.quiet === true);
  try {
    if (options.flow !== undefined) findFlow(flows, options.flow);
    if (!options.quiet) io.err(executorNotice(executor.name, io.errColors, io.columns));
    followRun(comfygen, view);
    const request = generateRequest(options, config, executor);
    const saver = createSaver({ target, prompt, force: options.force === true, signal });
    // Each picture lies in its file before it is scored, so that nothing which follows can cost it.
    const onImage = (image: Picture & { index: number }) => saver.save(image.index, image);
    const result = await comfygen
      .generate(prompt, { ...request, ...pictures, signal, onImage })
      .catch((error: unknown) => {
        view.clear();
        if (saver.paths.length > 0) io.err(`${plain(`kept: ${saver.paths.join(', ')}`)}\n`);
        throw error;
      });
    for (const image of result.images) await onImage(image);
    const saved = await saver.rank(result.images.map(({ index }) => index));
    view.clear();
    const all = [...warnings, ...result.warnings, ...saved.warnings];
    if (options.json) io.out(renderDocument('generate', resultJson(result, saved.paths, all)));
    else {
      const preview = options.preview ?? config.preview;
      await printResult(
        result,
        { paths: saved.paths, warnings: all, preview, quiet: options.quiet },
        io,
      );
    }
    return 0;
  } finally {
    view.clear();
    await comfygen.dispose();
  }
}

/** The folder of what jobs have made; `undefined` where nobody asks for it. */
function cachePlace(options: GenerateOptions, config: Config, cwd: string): string | undefined {
  if (!(options.cache ?? config.cache)) return undefined;
  return resolve(cwd, typeof config.cache === 'string' ? config.cache : USUAL_CACHE);
}

/** What is to be drawn, and all that was said of how. */
interface Call {
  prompt: string;
  options: GenerateOptions;
  config: Config;
  setup: Setup;
  pictures: Awaited<ReturnType<typeof readPictures>>;
}

/** `generate --dry-run`: the choice and the bound workflow; nothing runs and nothing is written. */
async function dryRun(
  { prompt, options, config, setup, pictures }: Call,
  { io, signal }: Run,
): Promise<number> {
  const parts = { ...setup, executor: asksBriefly(await loadExecutor(setup)), executorOptions: {} };
  const { comfygen, executor, flows, warnings: loadWarnings } = await compose(parts, {}, signal);
  try {
    if (options.flow !== undefined) findFlow(flows, options.flow);
    const request = generateRequest(options, config, executor);
    const { selection, flow, plan, ...rest } = await comfygen.plan(prompt, {
      ...request,
      ...pictures,
      signal,
    });
    const warnings = [...loadWarnings, ...rest.warnings];
    if (options.json) {
      io.out(
        renderDocument('plan', {
          flow: flowJson(flow),
          selection: selectionJson(selection),
          executor: executor.name,
          plan: { hash: plan.hash, seed: plan.seed, workflow: plan.workflow },
          warnings,
        }),
      );
      return 0;
    }
    const colors = io.outColors;
    const fields = [...choiceFields(flow, selection, colors), ['Seed', plan.seed] as const];
    io.out(renderJson(plan.workflow));
    if (warnings.length > 0)
      io.out(`\n${renderWarnings(warnings, colors, io.columns, options.quiet)}`);
    // Last, since the graph may fill many screens.
    io.out(`\n${renderFields([['Plan', plan.hash], ...fields], colors, io.columns)}`);
    return 0;
  } finally {
    await comfygen.dispose();
  }
}

/** A server that does not answer costs what it can run, which is said, and not the time that real work would give it. */
function asksBriefly(executor: ExecutorV1): ExecutorV1 {
  const ask = executor.inventory?.bind(executor);
  if (!ask) return executor;
  const inventory: typeof ask = async (ctx) => {
    const limit = new AbortController();
    const timer = setTimeout(() => {
      const message = `no answer in ${DRY_RUN_ASK_MS / 1_000} s.`;
      limit.abort(new ComfygenError('UNAVAILABLE', message));
    }, DRY_RUN_ASK_MS);
    try {
      return await ask({ ...ctx, signal: AbortSignal.any([ctx.signal, limit.signal]) });
    } finally {
      clearTimeout(timer);
    }
  };
  return { ...executor, inventory };
}

/** What is asked of core, from the command line, then the config file. */
function generateRequest(options: GenerateOptions, config: Config, executor: ExecutorV1) {
  const strict = options.strict ?? config.strict ?? false;
  const values = {
    seed: options.seed ?? config.seed,
    count: options.count ?? config.count,
    index: options.index,
    ...sizeRequest(options, config),
    inputs: options.input,
    ...limitRequest(options),
    negative: options.negative ?? config.negative,
    strength: options.strength,
    flow: options.flow,
    choiceSeed: options.choiceSeed,
    runId: options.runId,
    timeoutMs: options.timeout ?? config.timeoutMs,
    options: strict ? forEach(executorsIn(executor), { strict: true }) : undefined,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as {
    [K in keyof typeof values]?: NonNullable<(typeof values)[K]>;
  };
}

/** The size by what the command line says of it; the config file's only where that says nothing. */
function sizeRequest(
  { width, height, aspect, longestSide, exactSize }: GenerateOptions,
  config: Config,
) {
  const isSaid = aspect !== undefined || longestSide !== undefined;
  return {
    width: isSaid ? width : (width ?? config.width),
    height: isSaid ? height : (height ?? config.height),
    aspectRatio: aspect,
    longestSide,
    exactSize,
  };
}

function forEach<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

async function printResult(
  result: GenerateResult,
  {
    paths,
    warnings,
    preview,
    quiet,
  }: {
    paths: string[];
    warnings: Warning[];
    preview: Config['preview'];
    quiet: boolean | undefined;
  },
  io: Io,
): Promise<void> {
  const images = result.images.map(({ seed, batchIndex, score, flowId, role, kind }, index) => {
    const path = paths[index]!;
    return { seed, batchIndex, score, flowId, role, kind, path: relative(io.cwd, path) || path };
  });
  io.out(await renderPreview(result.best, io, preview));
  io.out(
    renderResult(
      {
        ...result,
        images,
        attempts: result.attempts.length,
        quiet,
        // The seed has its own line.
        warnings: warnings.filter(({ code }) => code !== 'seed-drawn'),
      },
      io,
    ),
  );
}

/** What `generate --json` prints, by the SDK's names; the bytes lie in the files. */
function resultJson(
  { runId, selection, plan, ...result }: GenerateResult,
  paths: readonly string[],
  warnings: readonly Warning[],
) {
  const { candidates, executor, attempts, cached, timings } = result;
  const files = result.outputs.map(({ bytes: _, output: _output, index: _index, ...file }, at) => ({
    path: paths[at],
    ...file,
  }));
  return {
    runId,
    outputs: files,
    images: files,
    flow: flowJson(result.flow),
    selection: selectionJson(selection),
    plan: { hash: plan.hash, seed: plan.seed },
    candidates,
    executor,
    attempts,
    cached: cached ?? false,
    timings,
    warnings,
  };
}

const flowJson = ({ id, title, baseModel }: Flow) => ({ id, title, baseModel });

const EMOJI_WORLD =
  'drawn by the embedded executor: a small “emoji world” model inside Node, not Stable Diffusion. ' +
  'For real pictures, name your ComfyUI server: --url http://127.0.0.1:8188';

/** What a newcomer must not miss about an executor; nothing for those that need no word. */
function executorNotice(name: string, colors: Colors, columns: number): string {
  if (name !== 'embedded') return '';
  return wrap(`note: ${EMOJI_WORLD}`, columns - 2)
    .map((line, index) => `${index === 0 ? '' : '  '}${colors.dim(line)}\n`)
    .join('');
}
