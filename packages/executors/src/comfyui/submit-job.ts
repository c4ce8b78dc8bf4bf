import { checkGraph, type HttpClient, isWebPage } from 'comfygen/http';
import {
  ComfygenError,
  type JobRef,
  type PartRef,
  type Plan,
  type SubmitContext,
  type Warning,
} from 'comfygen/plugin';
import { findSubmitted } from './find-submitted.ts';
import { readRunOptions, type Settings } from './options.ts';
import { promptBody } from './prompt-body.ts';
import { readRefusal } from './read-refusal.ts';
import type { ServerApi } from './server-api.ts';
import { acceptedSchema } from './server-schemas.ts';
import type { Session } from './session.ts';
import { createTrackedJob, type TrackedJob } from './tracked-job.ts';

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
  checkGraph(plan, part);
  const leftOut = checkOutputs(plan, part);
  const run = readRunOptions(plan.brief.options[part.name]);
  const ref: JobRef = {
    executor: part.name,
    id: plan.id.toLowerCase(),
    submittedAt: ctx.clock.now(),
    data: { outputNodes: [...plan.outputNodes] },
  };
  // The caller may change its own graph meanwhile.
  const own = structuredClone(plan);
  const job = createTrackedJob(ref, ctx.clock.now(), own);
  job.warnings.push(...leftOut);
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
    const id = await postPrompt(promptBody(own.workflow, job, run, settings), job, ctx, given);
    session.follow(job, session.serial === heard ? heard : undefined);
    if (job.canceled) await stop(id, ctx, given.api);
    if (id === job.id) return ref;
    // A server that chooses its own ids: the job goes on under that one.
    session.forget(job);
    const renamed = { ...ref, id };
    await ctx.onRef(renamed);
    return renamed;
  } catch (error) {
    // Where it may have been taken all the same, whoever cancels it must find it.
    const open = ['SUBMIT_UNKNOWN', 'PROTOCOL'].includes((error as ComfygenError).code);
    if (ctx.signal.aborted || open) {
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

/** The id under which the server has taken the job. */
async function postPrompt(
  json: object,
  job: TrackedJob,
  ctx: SubmitContext,
  { http, api, part, settings }: SubmitOptions,
): Promise<string> {
  const answer = await http
    .send('api/prompt', ctx, {
      method: 'POST',
      submit: true,
      json,
      timeoutMs: settings.submitTimeoutMs,
      accept: [400],
    })
    .catch(async (error: unknown) => {
      if (!ComfygenError.is(error, 'SUBMIT_UNKNOWN')) throw error;
      if (await findSubmitted(job, ctx, api, error)) return undefined;
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

/** Cancels a job that should not run; that this failed must not hide why it should not. */
async function stop(id: string, ctx: SubmitContext, api: ServerApi): Promise<void> {
  await api.cancel(id, ctx).catch((error: unknown) => {
    ctx.log.warn('cancel failed', { job: id, error: String(error) });
  });
}
