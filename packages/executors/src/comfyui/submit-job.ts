import {
  ComfygenError,
  type JobRef,
  type PartRef,
  type Plan,
  type SubmitContext,
  type Warning,
} from 'comfygen/plugin';
import { stringifyWorkflow, type Workflow } from 'comfygen/workflow';
import type { HttpClient } from '../http/http-client.ts';
import { isWebPage } from '../http/media-type.ts';
import type { Settings } from './options.ts';
import { readRunOptions } from './options.ts';
import { readRefusal } from './read-refusal.ts';
import type { ServerApi } from './server-api.ts';
import { acceptedSchema } from './server-schemas.ts';
import type { Session } from './session.ts';
import { createTrackedJob, type TrackedJob } from './tracked-job.ts';

/** A job that the server did not answer for is looked for at these times, in milliseconds. */
const SEARCH_PAUSES_MS = [0, 1_000, 2_000];

/** What a submit works with. */
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
  given: SubmitOptions,
): Promise<JobRef> {
  const { session, settings, part } = given;
  checkOutputs(plan, part);
  const run = readRunOptions(plan.brief.options['comfyui']);
  const ref: JobRef = {
    executor: part.name,
    id: plan.id.toLowerCase(),
    submittedAt: ctx.clock.now(),
    data: { outputNodes: [...plan.outputNodes] },
  };
  const job = createTrackedJob(ref, ctx.clock.now(), structuredClone(plan));
  try {
    await session.begin(job, ctx);
    await ctx.onRef(ref);
    ctx.signal.throwIfAborted();
  } catch (error) {
    session.forget(job);
    throw error;
  }
  const heard = session.serial;
  if (heard === undefined && settings.webSocket !== false) job.warnings.push(NO_SOCKET);
  try {
    const id = await postPrompt(bodyOf(plan.workflow, job, run, settings), job, ctx, given);
    session.follow(job, session.serial === heard ? heard : undefined);
    if (job.canceled) await given.api.cancel(id, ctx);
    if (id === job.id) return ref;
    // A server that chooses its own ids: the job goes on under that one.
    session.forget(job);
    const renamed = { ...ref, id };
    await ctx.onRef(renamed);
    return renamed;
  } catch (error) {
    // Where it may have been taken all the same, whoever cancels it must find it.
    if (ctx.signal.aborted || ComfygenError.is(error, 'SUBMIT_UNKNOWN')) {
      job.uncertain = true;
      session.follow(job, undefined);
    } else session.forget(job);
    throw error;
  }
}

const NO_SOCKET: Warning = {
  code: 'no-socket',
  message:
    'The server’s socket could not be opened, so the job was polled: no progress, no previews.',
};

/** Some output nodes send their pictures over the socket alone, and the server keeps nothing of them. */
function checkOutputs({ workflow, outputNodes }: Plan, part: PartRef): void {
  const classes = outputNodes.map((id) => workflow[id]?.class_type);
  if (classes.length === 0 || classes.some((name) => name !== 'SaveImageWebsocket')) return;
  const message =
    'SaveImageWebsocket leaves no picture on the server: use SaveImage or PreviewImage.';
  throw new ComfygenError('UNSUPPORTED', message, { part, details: { nodes: outputNodes } });
}

function bodyOf(
  workflow: Workflow,
  job: TrackedJob,
  run: ReturnType<typeof readRunOptions>,
  settings: Settings,
): string {
  const preview_method = run.previews ?? settings.previews;
  const rest = JSON.stringify({
    prompt_id: job.id,
    // Always: without one, servers of 2026 lose the outputs of cached nodes.
    client_id: job.clientId,
    ...(run.front && { front: true }),
    ...(preview_method && { extra_data: { preview_method } }),
  });
  return `{"prompt":${stringifyWorkflow(withTitles(workflow))},${rest.slice(1)}`;
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
      body,
      headers: { 'content-type': 'application/json' },
      timeoutMs: settings.submitTimeoutMs,
      accept: [400],
    })
    .catch(async (error: unknown) => {
      if (!ComfygenError.is(error, 'SUBMIT_UNKNOWN')) throw error;
      if (await isThere(job, ctx, api, error)) return undefined;
      throw error;
    });
  if (answer === undefined) return job.id;
  if (isWebPage(answer.bytes)) {
    const message = 'ComfyUI is behind something that answers with a web page: a login?';
    throw new ComfygenError('AUTH', message, { part });
  }
  if (answer.status === 400) throw readRefusal(JSON.parse(http.hide(answer.text())), part);
  const { prompt_id, node_errors } = api.check(answer, acceptedSchema, 'POST api/prompt');
  if (Object.keys(node_errors ?? {}).length === 0) return prompt_id;
  // The rest of the graph is on its way already.
  await api.cancel(prompt_id, ctx).catch(() => {});
  throw readRefusal({ node_errors }, part);
}

/**
 * Whether the server has a job whose submit went wrong.
 * @throws UNAVAILABLE where the server answers, more than once, that it has not: nothing was accepted
 */
async function isThere(
  job: TrackedJob,
  ctx: SubmitContext,
  api: ServerApi,
  error: ComfygenError,
): Promise<boolean> {
  // Events may have told of it already.
  if (job.state !== 'queued' || job.phase === 'ended') return true;
  for (const pause of SEARCH_PAUSES_MS) {
    if (pause > 0) await ctx.clock.sleep(pause, ctx.signal);
    try {
      if (await api.find(job.id, ctx)) return true;
    } catch {
      ctx.signal.throwIfAborted();
      return false;
    }
  }
  // A server that let us wait may still be about to take it.
  if (error.details['timedOut'] === true) return false;
  const message = `ComfyUI did not take the job: ${error.message}`;
  throw new ComfygenError('UNAVAILABLE', message, {
    part: error.part,
    cause: error,
    details: { ...error.details },
  });
}
