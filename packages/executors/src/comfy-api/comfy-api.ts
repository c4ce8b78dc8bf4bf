import { type Answer, createHttpClient, createRecent, lookTwice } from 'comfygen/http';
import {
  type CallContext,
  defineExecutor,
  type ExecutorV1,
  type JobRef,
  type JobSnapshot,
} from 'comfygen/plugin';
import { uploadAsset } from './assets.ts';
import { type AssetLink, downloadOutput, readLink } from './download-output.ts';
import { jobSchema } from './job.ts';
import { jobUrl } from './job-links.ts';
import {
  baseUrlOf,
  type ComfyApiOptions,
  hasInventory,
  keyOf,
  PART,
  RUN_OPTIONS,
  readOptions,
} from './options.ts';
import { createInventoryReader } from './read-inventory.ts';
import { readJob } from './read-job.ts';
import { serviceError } from './service-error.ts';
import { submitJob } from './submit-job.ts';
import { watchJob } from './watch-job.ts';

/** Links of outputs that were seen last; others are asked for. */
const KEPT_LINKS = 1_000;

/**
 * Runs plans through Comfy API v2: on Comfy Cloud, on a deployment of your own there, or on any ComfyUI behind
 * comfy-api-proxy. Graphs are sent as they are, but for references in place of uploaded files' names. Results are
 * kept as long as the service says.
 *
 * @throws INVALID_OPTIONS for wrong options; the key is looked up at the first call
 * @see https://docs.comfy.org/api-reference/v2/overview
 */
export function comfyApi(options: ComfyApiOptions = {}): ExecutorV1 {
  const settings = readOptions(options);
  const http = createHttpClient({
    part: PART,
    baseUrl: () => baseUrlOf(settings),
    headers: () => {
      const key = keyOf(settings);
      return key === undefined ? {} : { authorization: `Bearer ${key}` };
    },
    secrets: () => [settings.comfyOrgApiKey],
    fetch: settings.fetch,
  });
  const links = createRecent<AssetLink>(KEPT_LINKS);

  const read = (answer: Answer, { data }: JobRef): JobSnapshot => {
    const job = answer.read(jobSchema);
    for (const file of job.outputs ?? []) {
      const link = readLink(http, file);
      if (link) links.set(file.id, link);
    }
    const previewOutputs = data?.['previewOutputs'] === true || settings.previewOutputs;
    return readJob(job, { previewOutputs, hide: http.hide });
  };
  const call = async (ref: JobRef, ctx: CallContext, name: 'self' | 'cancel') => {
    ctx.signal.throwIfAborted();
    const method = name === 'self' ? 'GET' : 'POST';
    const answer = http.send(jobUrl(http, ref, name), ctx, { method }).catch((error: unknown) => {
      throw serviceError(error);
    });
    return read(await answer, ref);
  };
  const look = (ref: JobRef, ctx: CallContext, name: 'self' | 'cancel') => {
    const until = ref.data?.['expiresAt'];
    const forgottenAt = typeof until === 'number' ? until : undefined;
    return lookTwice(() => call(ref, ctx, name), ref, ctx, { forgottenAt });
  };

  return defineExecutor({
    name: PART.name,
    runOptions: { [PART.name]: RUN_OPTIONS },
    supports: {
      progress: true,
      previews: true,
      resume: true,
      seed: true,
      nodeOutputs: true,
      http: true,
    },
    submit: (plan, ctx) => submitJob(http, settings, plan, ctx),
    inspect: (ref, ctx) => look(ref, ctx, 'self'),
    watch: (ref, ctx) => watchJob(http, ref, () => look(ref, ctx, 'self'), ctx),
    cancel: (ref, ctx) => look(ref, ctx, 'cancel'),
    download: (output, _ref, ctx) => downloadOutput(http, settings, links, output, ctx),
    upload: async (file, ctx) => ({ name: await uploadAsset(http, file, ctx), warnings: [] }),
    ...(hasInventory(settings) && { inventory: createInventoryReader(http, settings) }),
  });
}
