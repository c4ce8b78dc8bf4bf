import { createHttpClient, lookTwice } from 'comfygen/http';
import { defineExecutor, type ExecutorV1, loadSetting } from 'comfygen/plugin';
import { downloadOutput } from './download.ts';
import { type ComfyicuOptions, PART, RUN_OPTIONS, readOptions } from './options.ts';
import { readRun } from './read-run.ts';
import { readRefData, run } from './run.ts';
import { submitRun } from './submit-run.ts';
import { readWebhook } from './webhook.ts';

/**
 * Runs plans on ComfyICU. The graph is sent as it is but for tags in `filename_prefix`. The service tells states
 * only; it offers no cancel and no upload (give `files` public URLs), and free accounts' runs are public.
 *
 * @throws INVALID_OPTIONS for wrong options; keys are looked up at the first call
 * @see https://comfy.icu/docs/api
 */
export function comfyicu(options: ComfyicuOptions = {}): ExecutorV1 {
  const settings = readOptions(options);
  const setting = (option: 'apiKey' | 'workflowId', env: string) =>
    loadSetting({ part: PART, option, value: settings[option], env });
  const workflowId = () => setting('workflowId', 'COMFYICU_WORKFLOW_ID');
  const http = createHttpClient({
    part: PART,
    baseUrl: () => settings.baseUrl,
    headers: () => ({ authorization: `Bearer ${setting('apiKey', 'COMFYICU_API_KEY')}` }),
    fetch: settings.fetch,
  });

  return defineExecutor({
    name: PART.name,
    runOptions: { [PART.name]: RUN_OPTIONS },
    supports: {
      resume: true,
      seed: true,
      nodeOutputs: true,
      http: true,
    },
    async submit(plan, ctx) {
      ctx.signal.throwIfAborted();
      return submitRun(http, plan, { settings, workflowId: workflowId() }, ctx);
    },
    async inspect(ref, ctx) {
      ctx.signal.throwIfAborted();
      const { tags, workflowId: own = workflowId() } = readRefData(ref.data);
      const [workflow, id] = [own, ref.id].map(encodeURIComponent);
      const look = async () => {
        const answer = await http.send(`workflows/${workflow}/runs/${id}`, ctx);
        return readRun(answer.read(run), tags, http.hide);
      };
      return lookTwice(look, ref, ctx);
    },
    download: (output, _ref, ctx) => downloadOutput(http, output, ctx),
    async parseWebhook({ body }, ctx) {
      ctx.signal.throwIfAborted();
      return { ref: readWebhook(body, workflowId(), ctx.clock.now()), snapshot: null };
    },
  });
}
