import { ComfygenError, type JobRef } from 'comfygen/plugin';
import { z } from 'zod';
import { PART } from './options.ts';

const id = z.string().regex(/^[\w-]{1,64}$/);
const call = z.union([
  z.object({ id }),
  z.object({ run_id: id }).transform((body) => ({ id: body.run_id })),
  z.object({ run: z.object({ id }) }).transform((body) => body.run),
  z.object({ data: z.object({ id }) }).transform((body) => body.data),
]);

/**
 * The reference of the run that a webhook call names. Calls are not signed, so nothing else is taken from one: ask
 * the service how the run is. @throws PROTOCOL for a call that names none
 */
export function readWebhook(body: string, workflowId: string, now: number): JobRef {
  const read = call.safeParse(parse(body));
  if (!read.success)
    throw new ComfygenError('PROTOCOL', 'The webhook call names no run.', { part: PART });
  return {
    executor: PART.name,
    id: read.data.id,
    submittedAt: now,
    data: { workflowId, tags: {} },
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
