import type { HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError, type JobRef, type Plan } from 'comfygen/plugin';
import { z } from 'zod';
import { prepareInput } from './model-input.ts';
import { PART, type Settings, settingsOfRun } from './options.ts';
import { prediction, type RefData } from './prediction.ts';
import { isUploadOf } from './upload.ts';

const newest = z.object({ latest_version: z.object({ id: z.string() }) });

/**
 * Makes the function that submits plans. Where no version is pinned, the model's newest is read once and then kept.
 */
export function createSubmitter(settings: Settings, http: HttpClient) {
  let resolved: string | undefined;

  async function versionOf({ version, model }: Settings, data: RefData, ctx: CallContext) {
    if (version) return version;
    if (resolved === undefined)
      resolved = (await http.send(`models/${model}`, ctx)).read(newest).latest_version.id;
    const message = `No version is pinned: ${model} runs as ${resolved}, its newest when it was first used.`;
    data.warnings.push({ code: 'version-not-pinned', message });
    return resolved;
  }

  return async (plan: Plan, ctx: CallContext): Promise<JobRef> => {
    ctx.signal.throwIfAborted();
    const own = settingsOfRun(settings, plan.brief.options[PART.name]);
    const { input, data } = prepareInput(plan, own, isUploadOf(http));
    const { deployment, webhook, cancelAfterMs } = own;
    const target = deployment ? {} : { version: await versionOf(own, data, ctx) };
    const calls = webhook && { webhook: webhook.url, webhook_events_filter: webhook.events };
    const answer = await http
      .send(deployment ? `deployments/${deployment}/predictions` : 'predictions', ctx, {
        method: 'POST',
        submit: true,
        timeoutMs: own.submitTimeoutMs,
        json: { ...target, input, ...calls },
        ...(cancelAfterMs && { headers: { 'cancel-after': `${cancelAfterMs / 1_000}s` } }),
      })
      .catch((error: unknown) => {
        throw aboutVersion(error);
      });
    const { id } = answer.read(prediction);
    return { executor: PART.name, id, submittedAt: ctx.clock.now(), data: { ...data } };
  };
}

/** A refused version is a wrong option: no other workflow would do. */
function aboutVersion(error: unknown): unknown {
  if (!ComfygenError.is(error, 'INVALID_WORKFLOW')) return error;
  const { title, detail } = (error.details['body'] ?? {}) as { title?: unknown; detail?: unknown };
  if (!/version/i.test(`${title} ${detail}`)) return error;
  const { message, details } = error;
  return new ComfygenError('INVALID_OPTIONS', message, { part: PART, details: { ...details } });
}
