import { readTags } from 'comfygen/http';
import { type CallContext, ComfygenError, type JobRef } from 'comfygen/plugin';
import { z } from 'zod';
import { DEFAULT_TTL_MS, endpointOf, PART, type Settings } from './options.ts';

const callSchema = z.object({
  id: z.string().regex(/^[\w-]{1,128}$/),
  input: z.object({ workflow: z.unknown().optional() }).nullish().catch(undefined),
});

/**
 * The reference of the job that a webhook call names. Calls are not signed, so nothing else is taken from one: ask
 * the service how the job is.
 */
export function readWebhook(body: string, settings: Settings, ctx: CallContext): JobRef {
  const read = callSchema.safeParse(parse(body));
  if (!read.success)
    throw new ComfygenError('PROTOCOL', 'The webhook call names no job.', { part: PART });
  const { id, input } = read.data;
  const data = {
    endpoint: endpointOf(settings),
    tags: readTags(input?.workflow),
    ttlMs: settings.ttlMs ?? DEFAULT_TTL_MS,
  };
  return { executor: PART.name, id, submittedAt: ctx.clock.now(), data };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
