import {
  createHttpClient,
  downloadFile,
  failureText,
  type HttpClient,
  watchListeners,
} from 'comfygen/http';
import {
  type CallContext,
  ComfygenError,
  defineExecutor,
  type ExecutorV1,
  type JobEvent,
  untilAborted,
} from 'comfygen/plugin';
import { cancelJob } from './cancel-job.ts';
import { openPlatformSocket } from './connection.ts';
import { type ComfyuiOptions, RUN_OPTIONS, readOptions, readUrl } from './options.ts';
import { createInventoryReader } from './read-inventory.ts';
import { createServerApi, parsePythonJson } from './server-api.ts';
import { createSession } from './session.ts';
import { submitJob } from './submit-job.ts';
import { snapshotOf, type TrackedJob } from './tracked-job.ts';
import { createUploader } from './upload-file.ts';

const INFO = 'api/object_info';

/**
 * An executor on a ComfyUI server, 0.3.64 or newer. It follows all of its jobs over one socket, and asks the server
 * where the socket may have missed something; without a socket it polls. A job's reference holds for any process.
 * Does no I/O before it is used. Throws INVALID_OPTIONS.
 */
export function comfyui(options: ComfyuiOptions = {}): ExecutorV1 {
  const settings = readOptions(options);
  const part = { role: 'executor', name: settings.name } as const;
  const {
    headers,
    webSocket = openPlatformSocket,
    maxAnswerBytes: maxBytes,
    maxFrameBytes,
  } = settings;
  const client = createHttpClient({
    part,
    baseUrl: () => readUrl(settings.url),
    headers: typeof headers === 'function' ? headers : () => headers,
    secrets: () => [settings.comfyOrgApiKey],
    fetch: settings.fetch,
  });
  const http: HttpClient = {
    ...client,
    send: (path, ctx, request) =>
      client
        // The list of classes is large, and smaller by far where it is compressed.
        .send(path, ctx, { parse: parsePythonJson, maxBytes, plain: path !== INFO, ...request })
        .catch((error: unknown) => {
          throw whatToStart(error, path, client);
        }),
  };
  const api = createServerApi(http, part, settings.timeoutMs);
  const socketUrl = (clientId: string) =>
    http.url('ws', { ...http.query(), clientId }).href.replace(/^http/, 'ws');
  const session = createSession({
    api,
    wedgedAfterMs: settings.wedgedAfterMs,
    openSocket: webSocket
      ? (clientId) =>
          webSocket(socketUrl(clientId), { headers: http.headers(), maxPayload: maxFrameBytes })
      : undefined,
    maxFrameBytes,
  });
  const uploader = createUploader(http, api);
  const readInventory = createInventoryReader(api, settings);

  const enter = (signal: AbortSignal) => {
    signal.throwIfAborted();
    session.closed.throwIfAborted();
  };
  /** Work that several callers may share: it does not end with the first of them. */
  const shared = <T>(ctx: CallContext, work: (ctx: CallContext) => Promise<T>): Promise<T> => {
    enter(ctx.signal);
    const own = { ...ctx, signal: session.closed, deadline: undefined };
    return untilAborted(ctx.signal, () => work(own));
  };

  return defineExecutor({
    name: part.name,
    runOptions: { [part.name]: RUN_OPTIONS },
    supports: {
      progress: true,
      previews: true,
      resume: true,
      ownId: true,
      seed: true,
      nodeOutputs: true,
      http: true,
    },

    async submit(plan, ctx) {
      enter(ctx.signal);
      return submitJob(plan, ctx, { part, http, api, session, settings }).catch(
        (error: unknown) => {
          if (ComfygenError.is(error, 'MISSING_INPUT')) uploader.forget();
          throw error;
        },
      );
    },

    async inspect(ref, ctx) {
      return session.inspect(session.find(ref, ctx), ctx);
    },

    watch(ref, ctx) {
      return watchJob(session.find(ref, ctx), ctx.signal, session.closed);
    },

    async cancel(ref, ctx) {
      return cancelJob(session.find(ref, ctx), ctx, { api, session });
    },

    async download(output, _ref, ctx) {
      enter(ctx.signal);
      const { filename, subfolder, type, text } = output.ref;
      if (typeof text === 'string')
        return { bytes: new TextEncoder().encode(text), mediaType: 'text/plain' };
      if (typeof filename !== 'string')
        throw new ComfygenError('OUTPUT_MISSING', `Output ${output.index} names no file.`, {
          part,
        });
      return downloadFile(
        http,
        {
          path: 'api/view',
          query: { filename, subfolder: String(subfolder ?? ''), type: String(type ?? 'output') },
          output,
        },
        ctx,
      );
    },

    async upload(file, ctx) {
      return { name: await shared(ctx, (call) => uploader.upload(file, call)), warnings: [] };
    },

    async inventory(ctx) {
      return shared(ctx, readInventory);
    },

    async dispose() {
      session.close();
    },
  });
}

const START_HINT =
  'Start ComfyUI there, or name your server: the option `url`, COMFYUI_URL, or --url on the command line.';

/** Calls that every ComfyUI has. */
const ALWAYS_THERE = ['api/prompt', INFO];

/** The error for a server that is not there, or is no ComfyUI, with what to do; any other as it is. */
function whatToStart(error: unknown, path: string, { url, hide }: HttpClient): unknown {
  if (!ComfygenError.is(error)) return error;
  const { part } = error;
  const { origin, pathname } = url('');
  const cause = error.rawCause();
  const facts = { part, hide, details: { hint: START_HINT } };
  if (error.code === 'UNAVAILABLE' && cause instanceof Error) {
    const message = `No ComfyUI answers at ${origin}: ${failureText(cause).replace(/[.?]$/, '')}.`;
    return new ComfygenError('UNAVAILABLE', message, { ...facts, cause });
  }
  if (error.code !== 'NOT_FOUND' || !ALWAYS_THERE.includes(path)) return error;
  const { sentTo } = error.details;
  if (sentTo !== undefined) {
    const message = `${origin}${pathname} sends ${path} to ${sentTo}, as a login does.`;
    const hint = 'Send what the login wants with each request: the option `headers`.';
    return new ComfygenError('AUTH', message, { part, hide, cause: error, details: { hint } });
  }
  const message = `What answers at ${origin}${pathname} is no ComfyUI: it has no ${path}.`;
  return new ComfygenError('UNAVAILABLE', message, { ...facts, cause: error, retryable: false });
}

/**
 * The events of a job from now on; ends after its final state, and when the executor is disposed of. For a job that
 * another process submitted, and for one that had no socket, it gives the state and ends: poll those. Rejects with
 * the signal's reason.
 */
async function* watchJob(
  job: TrackedJob,
  signal: AbortSignal,
  closed: AbortSignal,
): AsyncGenerator<JobEvent> {
  signal.throwIfAborted();
  const first: JobEvent[] = [{ type: 'state', state: snapshotOf(job).state }];
  const isLive = job.state.phase !== 'ended';
  const { last } = job.meter;
  if (last && isLive) first.unshift({ type: 'progress', progress: { ...last } });
  if (isLive && job.channel?.isOpen)
    return yield* watchListeners(job.listeners, { first, signal, closed });
  for (const event of first) {
    signal.throwIfAborted();
    if (closed.aborted) return;
    yield event;
  }
}
