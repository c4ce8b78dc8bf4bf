import { cancelAndLook, createHttpClient, createRecent, lookTwice } from 'comfygen/http';
import {
  type CallContext,
  ComfygenError,
  defineExecutor,
  type ExecutorV1,
  type JobRef,
  type JobSnapshot,
} from 'comfygen/plugin';
import { z } from 'zod';
import { downloadImage, findImage } from './download-output.ts';
import { createInputFiles } from './input-files.ts';
import { type JobImage, readWorkerOutput, statusSchema } from './job-status.ts';
import {
  DEFAULT_TTL_MS,
  endpointOf,
  keyOf,
  PART,
  RESULT_KEPT_MS,
  RUN_OPTIONS,
  type RunpodOptions,
  readOptions,
} from './options.ts';
import { readStatus } from './read-status.ts';
import { readWebhook } from './read-webhook.ts';
import { submitJob } from './submit-job.ts';

/** Pictures come with a job's status: those of the last few jobs are kept for their download. */
const KEPT_JOBS = 4;
const tagsSchema = z.record(z.string(), z.string()).catch({});

/**
 * Runs plans on a serverless endpoint of RunPod that has worker-comfyui. The graph is sent as it is but for tags
 * in `filename_prefix`, by which files are traced to their nodes. The service keeps results for half an hour.
 *
 * @throws INVALID_OPTIONS for wrong options; key and endpoint are looked up at the first call
 * @see https://docs.runpod.io/serverless/endpoints/send-requests
 */
export function runpod(options: RunpodOptions = {}): ExecutorV1 {
  const settings = readOptions(options);
  const http = createHttpClient({
    part: PART,
    baseUrl: () => settings.baseUrl,
    headers: () => ({ authorization: `Bearer ${keyOf(settings)}` }),
    secrets: () => [settings.comfyOrgApiKey, settings.webhookUrl],
    fetch: settings.fetch,
  });
  const files = createInputFiles();
  const recent = createRecent<JobImage[]>(KEPT_JOBS);

  const pathOf = (ref: JobRef, verb: 'status' | 'cancel') => {
    const endpoint = ref.data?.['endpoint'];
    const own = typeof endpoint === 'string' ? endpoint : endpointOf(settings);
    return `${encodeURIComponent(own)}/${verb}/${encodeURIComponent(ref.id)}`;
  };
  const ask = async (ref: JobRef, ctx: CallContext) => {
    ctx.signal.throwIfAborted();
    const { downloadTimeoutMs: timeoutMs, maxBytes } = settings;
    const answer = await http.send(pathOf(ref, 'status'), ctx, { timeoutMs, maxBytes });
    const job = answer.read(statusSchema);
    const { images } = readWorkerOutput(job.output);
    if (images.length > 0) recent.set(ref.id, images);
    return { job, images };
  };
  const inspect = (ref: JobRef, ctx: CallContext): Promise<JobSnapshot> => {
    const ttlMs = ref.data?.['ttlMs'];
    const life = Math.min(RESULT_KEPT_MS, typeof ttlMs === 'number' ? ttlMs : DEFAULT_TTL_MS);
    const look = async () => {
      const { job } = await ask(ref, ctx);
      return readStatus(job, tagsSchema.parse(ref.data?.['tags']), http.hide);
    };
    return lookTwice(look, ref, ctx, { forgottenAt: ref.submittedAt + life });
  };

  return defineExecutor({
    name: PART.name,
    runOptions: { [PART.name]: RUN_OPTIONS },
    supports: {
      resume: true,
      seed: true,
      nodeOutputs: true,
      http: true,
    },
    submit: (plan, ctx) => submitJob(http, settings, files, plan, ctx),
    inspect,
    async cancel(ref, ctx) {
      const ask = () => http.send(pathOf(ref, 'cancel'), ctx, { method: 'POST' });
      return cancelAndLook(() => inspect(ref, ctx), ask, ctx);
    },
    async download(output, ref, ctx) {
      ctx.signal.throwIfAborted();
      const images = recent.get(ref.id) ?? (await ask(ref, ctx).catch(gone)).images;
      return downloadImage(http, settings, findImage(images, output), output, ctx);
    },
    async upload(file, ctx) {
      ctx.signal.throwIfAborted();
      return { name: await files.add(file), warnings: [] };
    },
    async parseWebhook({ body }, ctx) {
      ctx.signal.throwIfAborted();
      return { ref: readWebhook(body, settings, ctx), snapshot: null };
    },
  });
}

function gone(error: unknown): never {
  if (!ComfygenError.is(error, 'NOT_FOUND')) throw error;
  const message = 'RunPod no longer keeps the job and its pictures.';
  throw new ComfygenError('OUTPUT_EXPIRED', message, {
    part: PART,
    retryable: false,
    cause: error,
  });
}
