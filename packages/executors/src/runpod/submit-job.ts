import { checkGraph, type HttpClient, stringifyJson, tagOutputs } from 'comfygen/http';
import {
  type CallContext,
  ComfygenError,
  type JobRef,
  type Plan,
  type Workflow,
} from 'comfygen/plugin';
import { type InputFiles, MAX_PAYLOAD_BYTES } from './input-files.ts';
import { acceptedSchema } from './job-status.ts';
import { DEFAULT_TTL_MS, endpointOf, PART, type Settings, settingsOfRun } from './options.ts';

/** Submits a plan, once. @throws SUBMIT_UNKNOWN where the job may have been taken: there is no way to look for it */
export async function submitJob(
  http: HttpClient,
  settings: Settings,
  files: InputFiles,
  plan: Plan,
  ctx: CallContext,
): Promise<JobRef> {
  ctx.signal.throwIfAborted();
  const own = settingsOfRun(settings, plan.brief.options[PART.name]);
  checkGraph(plan, PART);
  const endpoint = endpointOf(own);
  const { workflow, tags } = tagOutputs(plan);
  const body = stringifyJson(payload(own, workflow, files.of(workflow)));
  const size = new TextEncoder().encode(body).length;
  if (size > MAX_PAYLOAD_BYTES)
    throw new ComfygenError(
      'PAYLOAD_TOO_LARGE',
      `The job has ${size} bytes with its input pictures; RunPod takes ${MAX_PAYLOAD_BYTES}.`,
      { part: PART, details: { bytes: size, limit: MAX_PAYLOAD_BYTES } },
    );
  const answer = await http.send(`${encodeURIComponent(endpoint)}/run`, ctx, {
    method: 'POST',
    submit: true,
    timeoutMs: own.submitTimeoutMs,
    body,
    headers: { 'content-type': 'application/json' },
  });
  const { id } = answer.read(acceptedSchema);
  const ttlMs = own.ttlMs ?? DEFAULT_TTL_MS;
  const data = { endpoint, tags, ttlMs };
  return { executor: PART.name, id, submittedAt: ctx.clock.now(), data };
}

function payload(settings: Settings, workflow: Workflow, images: object[]): object {
  const { webhookUrl, comfyOrgApiKey: key, executionTimeoutMs, ttlMs, lowPriority } = settings;
  const policy = { executionTimeout: executionTimeoutMs, ttl: ttlMs, lowPriority };
  const set = Object.values(policy).some((value) => value !== undefined);
  const input = {
    workflow,
    ...(images.length > 0 && { images }),
    // Releases of the worker differ in the name.
    ...(key && { comfy_org_api_key: key, api_key_comfy_org: key }),
  };
  return { input, ...(webhookUrl && { webhook: webhookUrl }), ...(set && { policy }) };
}
