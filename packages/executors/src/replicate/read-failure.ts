import { excerpt, executionFailure, failureOfProblems } from 'comfygen/http';
import type { JobFailure } from 'comfygen/plugin';
import { problemsOf } from './read-logs.ts';

/** Faults of the host, which another try may not meet. */
const HOST = /\(code: PA\)|prediction interrupted|\bE(9828|8765|6716)\b|corrupted weights deleted/i;

/** The failure of a prediction, from its `error` or, where that states no cause, from its log. */
export function failureOf(given: unknown, logs: string): JobFailure {
  const error = typeof given === 'string' ? given : given ? JSON.stringify(given) : '';
  const fail = (code: string, message = excerpt(error, 500), retryable = false): JobFailure => ({
    code,
    message: message || 'The job failed, and the service does not say why.',
    retryable,
  });
  if (HOST.test(error)) return fail('HOST_FAULT', undefined, true);
  const executed = executionFailure(executionError(error));
  if (executed) return executed;
  const weight = /(\S+\.\w+) unavailable\b/i.exec(error)?.[1];
  if (weight) return fail('MISSING_MODEL', `The model does not have the weight ${weight}.`);
  const files = /missing required input files: (.+)/i.exec(error)?.[1];
  if (files) return fail('MISSING_INPUT', `Input files are missing: ${files.trim()}.`);
  if (/API JSON version/i.test(error)) return fail('UNSUPPORTED_FORMAT');
  const refused = failureOfProblems(problemsOf(logs));
  if (refused) return refused;
  if (/could not be run/i.test(error)) return fail('INVALID_WORKFLOW');
  if (/nodes? .*not (currently )?supported/i.test(error)) return fail('MISSING_NODE');
  return fail('EXECUTION_FAILED');
}

/** ComfyUI's `execution_error` message, which stands as JSON in the error's text. */
function executionError(error: string): unknown {
  const from = error.indexOf('{');
  const to = error.lastIndexOf('}');
  if (from < 0 || to < from) return undefined;
  try {
    const message: { data?: unknown } = JSON.parse(error.slice(from, to + 1));
    return message.data ?? message;
  } catch {
    return undefined;
  }
}
