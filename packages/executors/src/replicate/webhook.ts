import { type HttpClient, readValue, verifyWebhook, type WebhookCall } from 'comfygen/http';
import { type CallContext, ComfygenError, type JobRef, type JobSnapshot } from 'comfygen/plugin';
import { z } from 'zod';
import { PART, type Settings } from './options.ts';
import { prediction, refDataOf, timeOf } from './prediction.ts';
import { readPrediction } from './read-prediction.ts';

const FINAL = ['succeeded', 'failed', 'canceled', 'aborted'];

/**
 * Makes the function that gives the webhook signing key: the option, else the environment variable, else the
 * account's, read once.
 */
export function createSecretSource(settings: Settings, http: HttpClient) {
  let asked: string | undefined;
  return async (ctx: CallContext): Promise<string> => {
    const given = settings.webhook?.secret ?? environment()['REPLICATE_WEBHOOK_SIGNING_SECRET'];
    if (given) return given;
    if (asked === undefined) {
      const answer = await http.send('webhooks/default/secret', ctx);
      asked = answer.read(z.object({ key: z.string() })).key;
    }
    return asked;
  };
}

/**
 * The job that a webhook call is about, after its signature was checked. Only the last call gives a snapshot: earlier
 * ones may arrive late and out of order.
 */
export async function readWebhook(
  call: WebhookCall,
  { secret, now, hide }: { secret: string; now: number; hide(text: string): string },
): Promise<{ ref: JobRef; snapshot: JobSnapshot | null }> {
  await verifyWebhook(call, { part: PART, secret, now });
  const made = readValue(parse(call.body), prediction, PART);
  const data = refDataOf(made);
  const submittedAt = timeOf(made.created_at) ?? now;
  const ref = { executor: PART.name, id: made.id, submittedAt, data: { ...data } };
  const final = FINAL.includes(made.status.toLowerCase());
  return { ref, snapshot: final ? readPrediction(made, data, hide) : null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ComfygenError('PROTOCOL', 'The webhook call has no JSON.', { part: PART, cause });
  }
}

function environment(): Record<string, string | undefined> {
  return (
    (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {}
  );
}
