import {
  cancelAndLook,
  checkGraph,
  createHttpClient,
  downloadFile,
  failureOfText,
  fileNameOf,
  listOutputs,
  lookTwice,
  toSnapshot,
} from 'comfygen/http';
import {
  type CallContext,
  ComfygenError,
  defineExecutor,
  type JobRef,
  loadSetting,
} from 'comfygen/plugin';
import { z } from 'zod';

const part = { role: 'executor', name: 'pixel-oven' } as const;
const STATES = {
  cold: 'queued',
  baking: 'running',
  golden: 'succeeded',
  burnt: 'failed',
  'thrown-away': 'canceled',
} as const;
const accepted = z.object({ ticket: z.string().min(1) });
const refused = z.object({ error: z.string(), node: z.string().optional().catch(undefined) });
// What comes in another shape counts as not there.
const bake = z.object({
  status: z.string(),
  trays: z.array(z.object({ path: z.string() })).catch([]),
  reason: z.string().catch(''),
  node: z.string().optional().catch(undefined),
});

/** The oven's refusal of a class that it does not have, with the node; any other error as it is. */
function sayMissing(error: unknown): unknown {
  if (!ComfygenError.is(error, 'INVALID_WORKFLOW')) return error;
  const said = refused.safeParse(error.details['body']).data;
  const classType = said?.error.match(/^no such ingredient: (.+)$/)?.[1];
  if (!said || !classType) return error;
  const details = { ...error.details, nodeId: said.node, classType };
  const message = `The oven has no node class ${classType}.`;
  return new ComfygenError('MISSING_NODE', message, { part, details, cause: error });
}

/** Bakes in a Pixel Oven. `apiKey` falls back to the environment variable PIXEL_OVEN_KEY. */
export function pixelOven({ url, apiKey }: { url: string; apiKey?: string | undefined }) {
  const key = () => loadSetting({ part, option: 'apiKey', value: apiKey, env: 'PIXEL_OVEN_KEY' });
  const http = createHttpClient({
    part,
    baseUrl: () => url,
    headers: () => ({ authorization: `Bearer ${key()}` }),
  });
  const pathOf = ({ id }: JobRef) => `bakes/${encodeURIComponent(id)}`;

  const inspect = (ref: JobRef, ctx: CallContext) => {
    const look = async () => {
      const { status, trays, reason, node } = (await http.send(pathOf(ref), ctx)).read(bake);
      const found = trays.map(({ path }) => ({ fileName: fileNameOf(path), ref: { path } }));
      return toSnapshot({
        part,
        service: 'Pixel Oven',
        word: status,
        states: STATES,
        outputs: listOutputs(found).outputs,
        failure: () => (reason ? { ...failureOfText(reason), nodeId: node } : undefined),
        hide: http.hide,
      });
    };
    return lookTwice(look, ref, ctx);
  };

  return defineExecutor({
    name: part.name,
    supports: { resume: true, seed: true, http: true },
    async submit(plan, ctx) {
      ctx.signal.throwIfAborted();
      checkGraph(plan, part);
      const json = { graph: plan.workflow };
      const request = { method: 'POST', submit: true, json } as const;
      const answer = await http.send('bakes', ctx, request).catch((error: unknown) => {
        throw sayMissing(error);
      });
      const { ticket } = answer.read(accepted);
      return { executor: part.name, id: ticket, submittedAt: ctx.clock.now() };
    },
    inspect,
    async cancel(ref, ctx) {
      const ask = () => http.send(pathOf(ref), ctx, { method: 'DELETE' });
      return cancelAndLook(() => inspect(ref, ctx), ask, ctx);
    },
    async download(output, _ref, ctx) {
      return downloadFile(http, { path: String(output.ref['path']), output }, ctx);
    },
  });
}
