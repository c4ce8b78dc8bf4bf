import { checkGraph, type HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError, type JobRef, type Plan } from 'comfygen/plugin';
import { withAssets } from './assets.ts';
import { type Job, jobSchema, timeOf } from './job.ts';
import { linksOf } from './job-links.ts';
import { PART, type Settings, settingsOfRun } from './options.ts';
import { serviceError, wordOf } from './service-error.ts';

/** How long to wait before a submit whose answer was lost is sent again under its key. */
const PAUSES_MS = [500, 2_000];
/** What a server says of the request itself: the first one would have met it too, so no job was made. */
const OF_THE_REQUEST: readonly string[] = [
  'INVALID_WORKFLOW',
  'UNSUPPORTED_FORMAT',
  'MISSING_NODE',
  'MISSING_MODEL',
  'MISSING_INPUT',
  'PAYLOAD_TOO_LARGE',
];

/** Submits a plan; its id is the idempotency key. @throws SUBMIT_UNKNOWN where the job may have been made */
export async function submitJob(
  http: HttpClient,
  settings: Settings,
  plan: Plan,
  ctx: CallContext,
): Promise<JobRef> {
  ctx.signal.throwIfAborted();
  const { previewOutputs } = settingsOfRun(settings, plan.brief.options[PART.name]);
  checkGraph(plan, PART);
  const { comfyOrgApiKey } = settings;
  const json = {
    workflow: withAssets(plan.workflow),
    ...(comfyOrgApiKey && { extra_data: { api_key_comfy_org: comfyOrgApiKey } }),
  };
  const send = async () => {
    const answer = await http.send('api/v2/jobs', ctx, {
      method: 'POST',
      submit: true,
      timeoutMs: settings.submitTimeoutMs,
      json,
      headers: { 'idempotency-key': plan.id },
    });
    return answer.read(jobSchema);
  };
  const job = await sendOnce(send, plan, ctx);
  const data = { links: linksOf(job, http), previewOutputs };
  const until = timeOf(job.expires_at);
  return {
    executor: PART.name,
    id: job.id,
    submittedAt: ctx.clock.now(),
    data: until === undefined ? data : { ...data, expiresAt: until },
  };
}

/**
 * Sends until there is an answer. A key is good for one job: where the first request made it the second is
 * refused, so sending again after a lost answer can't double it. Other failures are not sent again.
 */
async function sendOnce(
  send: () => Promise<Job>,
  { workflow }: Plan,
  ctx: CallContext,
): Promise<Job> {
  let lost: ComfygenError | undefined;
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      return await send();
    } catch (caught) {
      ctx.signal.throwIfAborted();
      const error = serviceError(caught, workflow);
      if (!ComfygenError.is(error)) throw error;
      if (wordOf(error) === 'idempotency_key_reuse') throw probablySubmitted(lost ?? error);
      const unanswered = error.code === 'SUBMIT_UNKNOWN' && error.details['status'] === undefined;
      if (!unanswered && (lost === undefined || OF_THE_REQUEST.includes(error.code))) throw error;
      lost ??= error;
      if (!unanswered || pause === undefined) throw lost;
    }
    await ctx.clock.sleep(pause, ctx.signal);
  }
  throw lost;
}

/** The service knows the key, and tells no more: there is no way to ask for the job behind it. */
function probablySubmitted(cause: ComfygenError): ComfygenError {
  return new ComfygenError(
    'SUBMIT_UNKNOWN',
    'The job was probably submitted: Comfy API knows its key, but the answer with its id was lost. Look for it in your account.',
    { part: PART, cause, details: { probablySubmitted: true } },
  );
}
