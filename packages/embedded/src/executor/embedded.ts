import {
  ComfygenError,
  defineExecutor,
  type ExecutorV1,
  type JobOutput,
  type JobRef,
  type JobSnapshot,
  monotonic,
} from 'comfygen/plugin';
import { coreNodes } from '../nodes/core-nodes.ts';
import { checkGraph } from '../runtime/check-graph.ts';
import { createNodeRegistry } from '../runtime/node-registry.ts';
import { createResultCache } from '../runtime/result-cache.ts';
import { emojiFiles } from '../world/files/emoji-files.ts';
import { describeInventory } from './describe-inventory.ts';
import { type Draw, drawTask, type Workshop } from './draw-task.ts';
import { createDrawer } from './drawer.ts';
import { createInputStore } from './input-store.ts';
import { createJob, type Job, snapshotJob, watchJob } from './job.ts';
import { createJobBoard } from './job-board.ts';
import { createLibraryOpener } from './open-library.ts';
import { type EmbeddedOptions, RUN_OPTIONS, readOptions, readRunOptions } from './options.ts';
import { runJob } from './run-job.ts';

/**
 * An executor that runs ComfyUI graphs inside this process, on the emoji world or on the models that
 * it is given. Jobs live as long as the process; the last 64 ended ones can be downloaded. Throws
 * INVALID_OPTIONS.
 */
export function embedded(options: EmbeddedOptions = {}): ExecutorV1 {
  const { models: own, nodes, ...settings } = readOptions(options);
  const registry = createNodeRegistry([...coreNodes, ...nodes]);
  const inputs = createInputStore(settings.inputDir, settings.maxUploadBytes);
  const models = own ?? emojiFiles;
  const workshop: Workshop = {
    openLibrary: createLibraryOpener(own),
    inputFiles: inputs,
    cache: createResultCache(settings.cacheBytes),
    limits: settings,
  };
  const drawHere: Draw = (task, context) => drawTask(task, workshop, context);
  const drawer = settings.worker
    ? createDrawer({ settings, inputFiles: inputs, drawHere })
    : undefined;
  const draw = drawer?.draw ?? drawHere;
  const board = createJobBoard(settings.concurrency, (job) => runJob(job, draw));
  let disposed = false;

  const enter = (signal: AbortSignal) => {
    signal.throwIfAborted();
    if (disposed) throw new ComfygenError('DISPOSED', 'The embedded executor was disposed of.');
  };

  return defineExecutor({
    name: 'embedded',
    runOptions: { embedded: RUN_OPTIONS },
    supports: {
      progress: true,
      previews: true,
      ownId: true,
      seed: true,
      nodeOutputs: true,
    },

    async submit(given, ctx) {
      enter(ctx.signal);
      // The caller may change its own graph while the job waits.
      const plan = { ...given, workflow: structuredClone(given.workflow) };
      const { strict = settings.strict } = readRunOptions(plan.brief.options['embedded']);
      const graph = checkGraph(plan.workflow, registry, (folder) => models.list(folder), settings);
      const now = () => monotonic(ctx.clock);
      const ref: JobRef = { executor: 'embedded', id: plan.id, submittedAt: ctx.clock.now() };
      const known = board.get(plan.id);
      if (known) return known.ref;
      await ctx.onRef(ref);
      enter(ctx.signal);
      return board.add(createJob({ ref, plan, graph, models: models.description, strict, now }))
        .ref;
    },

    async inspect(ref, ctx) {
      enter(ctx.signal);
      const job = board.get(ref.id);
      return job ? snapshotJob(job, board.position(job)) : lostSnapshot(ref);
    },

    watch(ref, ctx) {
      enter(ctx.signal);
      return watchJob(findJob(board.get(ref.id), ref), ctx.signal);
    },

    async cancel(ref, ctx) {
      enter(ctx.signal);
      const job = board.get(ref.id);
      if (job === undefined) return lostSnapshot(ref);
      await board.cancel(job, new ComfygenError('CANCELED', `Job ${ref.id} was canceled.`));
      return snapshotJob(job, board.position(job));
    },

    async download(output, ref, ctx) {
      enter(ctx.signal);
      return findFile(board.get(ref.id), output, ref);
    },

    async upload(file, ctx) {
      enter(ctx.signal);
      const name = inputs.add(file.name, file.bytes);
      if (file.mediaType === 'image/png') return { name, warnings: [] };
      const message = `"${name}" is ${file.mediaType}: LoadImage reads PNG only here.`;
      return { name, warnings: [{ code: 'unreadable-upload', message }] };
    },

    async inventory(ctx) {
      enter(ctx.signal);
      return describeInventory(registry, models, inputs);
    },

    async dispose() {
      disposed = true;
      await board.cancelAll(
        new ComfygenError('DISPOSED', 'The embedded executor was disposed of.'),
      );
      drawer?.dispose();
      workshop.cache.clear();
    },
  });
}

function findJob(job: Job | undefined, ref: JobRef): Job {
  if (job) return job;
  throw new ComfygenError('JOB_LOST', `There is no job ${ref.id} in this process.`);
}

function lostSnapshot(ref: JobRef): JobSnapshot {
  const message = `There is no job ${ref.id} in this process.`;
  const failure = { code: 'JOB_LOST', message, retryable: true };
  return { state: 'failed', rawState: 'lost', outputs: [], failure, warnings: [] };
}

function findFile(job: Job | undefined, output: JobOutput, ref: JobRef) {
  if (job === undefined) {
    throw new ComfygenError('OUTPUT_EXPIRED', `The outputs of job ${ref.id} are no longer kept.`);
  }
  const file = job.files[Number(output.ref['file'])];
  if (file) return { bytes: new Uint8Array(file.bytes), mediaType: file.mediaType };
  throw new ComfygenError('OUTPUT_MISSING', `Job ${ref.id} has no output ${output.index}.`);
}
