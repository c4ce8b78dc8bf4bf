import { isErrorCode } from '../errors/codes.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { ExecutorV1, JobRef, JobSnapshot } from '../spec/index.ts';

/** Whether a job is over. */
export function isTerminal({ state }: { state: JobSnapshot['state'] }): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'canceled' || state === 'expired';
}

/** Why a job that ended made nothing, as an error. */
export function failureOf(
  { name }: ExecutorV1,
  ref: JobRef,
  { state, rawState, failure }: JobSnapshot,
): ComfygenError {
  const part = { role: 'executor', name } as const;
  if (failure) {
    const { code, message, retryable, nodeId, classType } = failure;
    // A code that we don't know comes from a newer part: the failure stays, its kind is general.
    return new ComfygenError(isErrorCode(code) ? code : 'EXECUTION_FAILED', message, {
      retryable,
      part,
      details: { job: ref.id, nodeId, classType },
    });
  }
  const code =
    state === 'canceled' ? 'CANCELED' : state === 'expired' ? 'OUTPUT_EXPIRED' : 'EXECUTION_FAILED';
  return new ComfygenError(code, `Job ${ref.id} on ${name} ended as ${rawState}.`, {
    part,
    details: { job: ref.id },
  });
}

/** Errors of a submit that say that the backend did not take the job. */
const SURELY_REFUSED: readonly string[] = [
  'AUTH',
  'FORBIDDEN',
  'PAYMENT',
  'RATE_LIMITED',
  'QUEUE_FULL',
  'NOT_FOUND',
  'INVALID_WORKFLOW',
  'UNSUPPORTED_FORMAT',
  'MISSING_SLOT',
  'UNSAFE_WORKFLOW',
  'MISSING_NODE',
  'MISSING_MODEL',
  'MISSING_INPUT',
  'PAYLOAD_TOO_LARGE',
  'UNAVAILABLE',
  'INVALID_BRIEF',
  'UNKNOWN_WORDS',
  'MISSING_SETTING',
  'INVALID_OPTIONS',
  'UNSUPPORTED',
  'FILE_ACCESS',
  'DISPOSED',
  // Somebody took the job back before it was sent, as from a pool's queue.
  'CANCELED',
];

/** A submit's error, as SUBMIT_UNKNOWN unless its code says that nothing was accepted: then it may be repeated. */
export function submitFailure(error: unknown, { name }: ExecutorV1): ComfygenError {
  if (ComfygenError.is(error)) {
    if (error.code === 'SUBMIT_UNKNOWN' || SURELY_REFUSED.includes(error.code)) return error;
  }
  const told = error instanceof Error ? error.message : String(error);
  return new ComfygenError(
    'SUBMIT_UNKNOWN',
    `executor ${name} failed to submit, and the job may have been accepted all the same: ${told}`,
    { part: { role: 'executor', name }, cause: error },
  );
}

/** Errors of a look at a job that say what became of it. Whatever else went wrong, it may still run. */
const SURELY_OVER: readonly string[] = ['JOB_LOST', 'NOT_FOUND', 'OUTPUT_EXPIRED', 'DISPOSED'];

/** The error of a look at a job that is given up, marked where the job may still run: then nothing follows it. */
export function readFailure(error: unknown, { name }: ExecutorV1, ref: JobRef): ComfygenError {
  const part = { role: 'executor', name } as const;
  const told = error instanceof Error ? error.message : String(error);
  const known = ComfygenError.is(error) ? error : undefined;
  if (known && SURELY_OVER.includes(known.code)) return known;
  // A server that has refused connections for so long has lost what it was doing.
  if (known?.code === 'UNAVAILABLE')
    return new ComfygenError('JOB_LOST', `Job ${ref.id} is lost: ${told}`, { part, cause: error });
  return new ComfygenError(
    known?.code ?? 'PART_FAILED',
    `Job ${ref.id} on ${name} can't be followed any more, and may still run: ${told}`,
    { retryable: false, part, details: { job: ref.id, mayStillRun: true }, cause: error },
  );
}

/** The error of a picture that stays out of reach: its job is done, and making it again would cost it again. */
export function fetchFailure(
  error: ComfygenError,
  { name }: ExecutorV1,
  ref: JobRef,
): ComfygenError {
  return new ComfygenError(
    error.code,
    `Job ${ref.id} on ${name} is done, but its pictures can't be fetched: ${error.message}`,
    {
      retryable: false,
      part: { role: 'executor', name },
      details: { job: ref.id, finished: true },
      cause: error,
    },
  );
}

/**
 * Whether a job may have been accepted, may still run, or waits to be fetched: then neither it nor another
 * one in its place is submitted.
 */
export function leavesJob(error: unknown): boolean {
  if (!ComfygenError.is(error)) return false;
  const { mayStillRun, finished } = error.details;
  return error.code === 'SUBMIT_UNKNOWN' || mayStillRun === true || finished === true;
}
