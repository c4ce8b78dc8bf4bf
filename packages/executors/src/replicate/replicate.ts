import {
  type Answer,
  createHttpClient,
  isTerminal,
  lookTwice,
  watchByPolling,
} from 'comfygen/http';
import {
  type CallContext,
  ComfygenError,
  defineExecutor,
  type ExecutorV1,
  type Inventory,
  type JobRef,
  type JobSnapshot,
  loadSetting,
} from 'comfygen/plugin';
import { downloadOutput } from './download.ts';
import { listWeights } from './list-weights.ts';
import { PART, type ReplicateOptions, RUN_OPTIONS, readOptions } from './options.ts';
import { prediction, readRefData } from './prediction.ts';
import { readPrediction } from './read-prediction.ts';
import { createSubmitter } from './submit-prediction.ts';
import { uploadFile } from './upload.ts';
import { createSecretSource, readWebhook } from './webhook.ts';

const WATCH = { intervalMs: 1_000, maxIntervalMs: 5_000 };

/**
 * Runs plans on Replicate, by `comfyui/any-comfyui-workflow` or a model with the same inputs. Seeds are kept and
 * pictures come as the PNG that ComfyUI made. The graph is sent as it is but for tags in `filename_prefix` and an
 * uploaded file. The service removes results after one hour.
 *
 * @throws INVALID_OPTIONS for wrong options; keys are looked up at the first call
 * @see https://replicate.com/docs/reference/http
 */
export function replicate(options: ReplicateOptions = {}): ExecutorV1 {
  const settings = readOptions(options);
  const { weights } = settings;
  const token = () =>
    loadSetting({ part: PART, option: 'token', value: settings.token, env: 'REPLICATE_API_TOKEN' });
  const http = createHttpClient({
    part: PART,
    baseUrl: () => settings.baseUrl,
    headers: () => ({ authorization: `Bearer ${token()}` }),
    fetch: settings.fetch,
  });
  const hide = (text: string) => {
    try {
      return http.hide(text);
    } catch {
      return text; // Without a token, as where only webhooks are read, there is none to hide.
    }
  };
  const submit = createSubmitter(settings, http);
  const secret = createSecretSource(settings, http);

  const read = (answer: Answer, ref: JobRef): JobSnapshot => {
    const made = answer.read(prediction);
    return readPrediction(made, readRefData(ref.data, made), hide);
  };
  const pathOf = ({ id }: JobRef) => `predictions/${encodeURIComponent(id)}`;
  const inspect = async (ref: JobRef, ctx: CallContext) => {
    ctx.signal.throwIfAborted();
    const look = async () => read(await http.send(pathOf(ref), ctx), ref);
    return lookTwice(look, ref, ctx);
  };

  return defineExecutor({
    name: PART.name,
    runOptions: { [PART.name]: RUN_OPTIONS },
    supports: {
      progress: true,
      watchPolls: true,
      resume: true,
      seed: true,
      nodeOutputs: true,
      http: true,
    },
    submit,
    inspect,
    watch: (ref, ctx) => watchByPolling(() => inspect(ref, ctx), WATCH, ctx),
    async cancel(ref, ctx) {
      ctx.signal.throwIfAborted();
      try {
        const answer = await http.send(`${pathOf(ref)}/cancel`, ctx, { method: 'POST' });
        const snapshot = read(answer, ref);
        return isTerminal(snapshot) ? snapshot : { ...snapshot, state: 'canceling' };
      } catch (error) {
        // A job that is over can't be canceled, and may be over although the answer was lost.
        if (ctx.signal.aborted || !ComfygenError.is(error) || error.code === 'AUTH') throw error;
        const snapshot = await inspect(ref, ctx);
        if (!isTerminal(snapshot)) throw error;
        return snapshot;
      }
    },
    download: (output, _ref, ctx) => downloadOutput(http, output, ctx),
    async upload(file, ctx) {
      return { name: await uploadFile(http, file, ctx), warnings: [] };
    },
    async parseWebhook(request, ctx) {
      ctx.signal.throwIfAborted();
      const now = ctx.clock.now();
      return readWebhook(request, { secret: await secret(ctx), now, hide });
    },
    ...(weights && {
      async inventory(ctx: CallContext): Promise<Inventory> {
        ctx.signal.throwIfAborted();
        return listWeights(weights, settings.model);
      },
    }),
  });
}
