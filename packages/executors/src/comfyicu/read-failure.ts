import { excerpt, executionFailure, promptFailure } from 'comfygen/http';
import type { JobFailure } from 'comfygen/plugin';
import { z } from 'zod';
import type { Run } from './run.ts';

const refusal = z.object({
  details: z.object({ error: z.unknown(), node_errors: z.unknown() }),
});
const nested = z.object({ error: z.unknown(), output: z.unknown() });

/**
 * The failure of a run: from its status where that states a cause, else from the error that `output` holds in place
 * of the files, which has ComfyUI's refusal or a node's exception.
 */
export function failureOf(
  { output, error }: Pick<Run, 'output' | 'error'>,
  word: string,
): JobFailure {
  if (word === 'INSUFFICIENT_CREDIT')
    return { code: 'PAYMENT', message: 'The account has too little credit.', retryable: false };
  if (word === 'TIMEOUT')
    return { code: 'SERVER_DEADLINE', message: 'The service stopped the run.', retryable: true };
  const places = errorsIn(output, 0);
  for (const place of [...places, error]) {
    const refused = refusal.safeParse(place);
    const { error: whole, node_errors } = refused.success
      ? refused.data.details
      : { error: undefined, node_errors: undefined };
    const failure = promptFailure(whole, node_errors) ?? executionFailure(place);
    if (failure) return failure;
  }
  const given = [error, ...places].find((one) => one !== null && one !== undefined);
  const told = typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given);
  const message = excerpt(told, 500) || 'The run failed, and the service does not say why.';
  return { code: 'EXECUTION_FAILED', message, retryable: false };
}

/** The error of `output`, and the same once more below it. */
function errorsIn(output: unknown, depth: number): unknown[] {
  const read = nested.safeParse(output);
  if (!read.success || Array.isArray(output) || depth > 3) return [];
  const own = read.data.error === undefined ? [] : [read.data.error];
  return [...own, ...errorsIn(read.data.output, depth + 1)];
}
