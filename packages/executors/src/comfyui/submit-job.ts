import { checkGraph, type HttpClient, isWebPage, stringifyJson } from 'comfygen/http';
import {
  ComfygenError,
  type JobRef,
  monotonic,
  type PartRef,
  type Plan,
  type SubmitContext,
  type Warning,
  type Workflow,
} from 'comfygen/plugin';
import { readRunOptions, type Settings } from './options.ts';
import { readRefusal } from './read-refusal.ts';
import type { ServerApi } from './server-api.ts';
import { acceptedSchema } from './server-api.ts';
import type { Session } from './session.ts';
import {
  createSubmittedJob,
  isCancelRequested,
  isWaiting,
  type TrackedJob,
  warnOfJob,
} from './tracked-job.ts';

/** Between looks for a job that the server did not answer for, in milliseconds; pauses grow by half. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/** For how long a job is looked for after an error of the server's own, in milliseconds. */
const SETTLED_MS = 3_000;

/** What `submitJob` is given besides the plan. */
export interface SubmitOptions {
  part: PartRef;
  http: HttpClient;
  api: ServerApi;
  session: Session;
  settings: Settings;
}

/**
 * Submits a plan under its own id, and resolves once the server has taken it whole. A graph of which the server
 * takes only a part is canceled and refused.
 */
export async function submitJob(
  plan: Plan,
  ctx: SubmitContext,
  options: SubmitOptions,
): Promise<JobRef> {
  const { session, settings, part } = options;
  checkGraph(plan, part);
  const leftOut = checkOutputs(plan, part);
  const run = readRunOptions(plan.brief.options[part.name]);
  const outputNodes = [...plan.outputNodes];
  const ref: JobRef = {
    executor: part.name,
    id: plan.id.toLowerCase(),
    submittedAt: ctx.clock.now(),
    data: { outputNodes },
  };
  const workflow = withTitles(plan.workflow);
  // Written now: the caller may change its own graph meanwhile.
  const graph = stringifyJson(workflow);
  const { previews = 'none' } = { ...settings, ...run };
  const said = { warnings: leftOut, wantsPreviews: previews !== 'none' };
  const job = createSubmittedJob(ref, { workflow, outputNodes }, said, monotonic(ctx.clock));
  try {
    await session.prepare(job, ctx);
    await ctx.onRef(ref);
    ctx.signal.throwIfAborted();
  } catch (error) {
    session.forget(job);
    throw error;
  }
  const socket = session.socketSerial;
  if (socket === undefined && settings.webSocket !== false) warnOfJob(job, NO_SOCKET);
  try {
    const id = await postPrompt(promptBody(graph, job, run, settings), job, ctx, options);
    session.accepted(job, session.socketSerial === socket ? socket : undefined);
    if (isCancelRequested(job)) await stop(id, ctx, options.api);
    if (id === job.id) return ref;
    // A server that chooses its own ids: the job goes on under that one.
    session.forget(job);
    const renamed = { ...ref, id };
    await ctx.onRef(renamed);
    return renamed;
  } catch (error) {
    // Where it may have been taken all the same, whoever cancels it must find it.
    const open = ['SUBMIT_UNKNOWN', 'PROTOCOL'].includes((error as ComfygenError).code);
    if (ctx.signal.aborted || open) session.unanswered(job);
    else session.forget(job);
    throw error;
  }
}

const NO_SOCKET: Warning = {
  code: 'no-socket',
  message:
    'The server’s socket could not be opened, so the job was polled: no progress, no previews.',
};

/**
 * Pictures that are sent over the socket alone are lost with it, and no other process could fetch them: a graph with
 * nothing else is refused. Core makes a SaveImage of such a node.
 */
function checkOutputs({ workflow, outputNodes }: Plan, part: PartRef): Warning[] {
  const nodes = outputNodes.filter((id) => workflow[id]?.class_type === 'SaveImageWebsocket');
  if (nodes.length === 0) return [];
  const message = 'SaveImageWebsocket leaves no picture on the server.';
  if (nodes.length < outputNodes.length)
    return [{ code: 'websocket-left-out', message, details: { nodes } }];
  const hint = 'Use SaveImage or PreviewImage in its place.';
  throw new ComfygenError('UNSUPPORTED', message, { part, details: { nodes, hint } });
}

/** The body of `POST /prompt` with a graph, which is JSON already. */
function promptBody(
  graph: string,
  job: TrackedJob,
  run: ReturnType<typeof readRunOptions>,
  settings: Settings,
): string {
  const extra_data = {
    preview_method: run.previews ?? settings.previews,
    api_key_comfy_org: settings.comfyOrgApiKey,
  };
  const isAsked = Object.values(extra_data).some((value) => value !== undefined);
  const rest = {
    prompt_id: job.id,
    // Always: without one, servers of 2026 lose the outputs of cached nodes.
    client_id: job.channel?.clientId,
    ...(run.front && { front: true }),
    ...(isAsked && { extra_data }),
  };
  return `{"prompt":${graph},${JSON.stringify(rest).slice(1)}`;
}

/** Every node with an inputs object and a title: the server answers 500 to some without. */
function withTitles(workflow: Workflow): Workflow {
  const nodes = Object.entries(workflow).map(([id, node]) => {
    const _meta = { ...node._meta, title: node._meta?.title ?? node.class_type };
    return [id, { class_type: node.class_type, inputs: node.inputs ?? {}, _meta }];
  });
  return Object.fromEntries(nodes);
}

/** The id under which the server has taken the job. */
async function postPrompt(
  body: string,
  job: TrackedJob,
  ctx: SubmitContext,
  { http, api, part, settings }: SubmitOptions,
): Promise<string> {
  const answer = await http
    .send('api/prompt', ctx, {
      method: 'POST',
      submit: true,
      headers: { 'content-type': 'application/json' },
      body,
      timeoutMs: settings.submitTimeoutMs,
      accept: [400],
    })
    .catch(async (error: unknown) => {
      if (!ComfygenError.is(error, 'SUBMIT_UNKNOWN')) throw error;
      if (await findSubmitted(job, ctx, { api, settings }, error)) return undefined;
      throw error;
    });
  if (answer === undefined) return job.id;
  if (isWebPage(answer.bytes)) {
    const message = 'ComfyUI is behind something that answers with a web page: a login?';
    throw new ComfygenError('AUTH', message, { part });
  }
  if (answer.status === 400) throw readRefusal(answer, part, http.hide);
  const { prompt_id, node_errors } = api.check(answer, acceptedSchema, 'POST api/prompt');
  if (Object.keys(node_errors ?? {}).length === 0) return prompt_id;
  // The rest of the graph is on its way already.
  await stop(prompt_id, ctx, api);
  throw readRefusal(answer, part, http.hide);
}

/**
 * Whether the server has a job whose submit went wrong; false where that stays unknown. What was sent may lie in a
 * proxy, or wait for a server that is busy: only a job that is not there for `lostAfterMs` is lost.
 *
 * @throws JOB_LOST for that, UNAVAILABLE where the server refused the job with an error of its own
 */
async function findSubmitted(
  job: TrackedJob,
  ctx: SubmitContext,
  { api, settings }: Pick<SubmitOptions, 'api' | 'settings'>,
  error: ComfygenError,
): Promise<boolean> {
  const from = monotonic(ctx.clock);
  const { part, details } = error;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
    // Events may tell of it as well.
    if (!isWaiting(job)) return true;
    const seen = await look(job, ctx, api);
    if (seen === 'there') return true;
    const searchedMs = monotonic(ctx.clock) - from;
    // The server had done with the request when it answered: the job is there, or never will be.
    if (details['status'] === 500 && seen === 'absent' && searchedMs >= SETTLED_MS) {
      const message = `ComfyUI did not take the job: ${error.message}`;
      throw new ComfygenError('UNAVAILABLE', message, { part, cause: error, details });
    }
    if (searchedMs >= settings.lostAfterMs) {
      // A server that let us wait may still be about to take it.
      if (seen === 'unknown' || details['timedOut'] === true) return false;
      const seconds = Math.round(searchedMs / 1_000);
      const message = `ComfyUI did not have the job for ${seconds} s after its submit broke off: ${error.message}`;
      throw new ComfygenError('JOB_LOST', message, { part, cause: error, details });
    }
    await ctx.clock.sleep(Math.min(pause, settings.lostAfterMs - searchedMs), ctx.signal);
  }
}

/** What a look for a job finds: nobody answers (`refused`) where no server is there at all. */
async function look(
  { id }: TrackedJob,
  ctx: SubmitContext,
  api: ServerApi,
): Promise<'there' | 'absent' | 'refused' | 'unknown'> {
  try {
    return (await api.find(id, ctx)) ? 'there' : 'absent';
  } catch (error) {
    ctx.signal.throwIfAborted();
    return ComfygenError.is(error, 'UNAVAILABLE') ? 'refused' : 'unknown';
  }
}

/** Cancels a job that should not run; that this failed must not hide why it should not. */
async function stop(id: string, ctx: SubmitContext, api: ServerApi): Promise<void> {
  await api.cancel(id, ctx).catch((error: unknown) => {
    ctx.log.warn('cancel failed', { job: id, error: String(error) });
  });
}
