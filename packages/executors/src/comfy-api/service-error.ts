import { ComfygenError, type ErrorCode, type Workflow } from 'comfygen/plugin';
import { z } from 'zod';
import { PART } from './options.ts';
import { refusedGraph } from './refused-graph.ts';

const envelope = z.object({
  error: z.object({
    code: z.string(),
    message: z.string().catch(''),
    details: z.object({ node_errors: z.unknown().optional() }).nullish().catch(undefined),
  }),
});

/** Words of the service that say more than the status they come with. */
const CODES: { [code: string]: ErrorCode } = {
  workflow_format_ui: 'UNSUPPORTED_FORMAT',
  missing_asset: 'MISSING_INPUT',
  queue_full: 'QUEUE_FULL',
  deployment_not_ready: 'UNAVAILABLE',
  deployment_stopped: 'UNAVAILABLE',
  insufficient_credits: 'PAYMENT',
  hash_mismatch: 'HOST_FAULT',
};

/** The service's own error code in its answer; `undefined` where there is none. */
export function wordOf(error: ComfygenError): string | undefined {
  const read = envelope.safeParse(error.details['body']);
  return read.success ? read.data.error.code : undefined;
}

/**
 * The error to throw for a failed request: translated from the service's error code where it has a meaning here, else
 * the given error unchanged. `workflow` is the graph that was sent.
 */
export function serviceError(error: unknown, workflow: Workflow = {}): unknown {
  if (!ComfygenError.is(error)) return error;
  const read = envelope.safeParse(error.details['body']);
  if (!read.success) return error;
  const { code: word, message, details } = read.data.error;
  if (word === 'invalid_workflow')
    return refusedGraph(error, { message, details: details?.node_errors }, workflow);
  const code = Object.hasOwn(CODES, word) ? CODES[word] : undefined;
  if (code === undefined) return error;
  return new ComfygenError(code, error.message, {
    part: PART,
    // A stopped deployment needs a person.
    retryable: word === 'deployment_stopped' ? false : undefined,
    retryAfterMs: error.retryAfterMs,
    details: { ...error.details },
  });
}
