import { errorInfo, isErrorCode } from '../../errors/codes.ts';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import { redactText } from '../../errors/redact.ts';
import type { ExecutorV1, JobRef, JobSnapshot, JobState } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';

/** The error for a job that ended without success. */
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

/** A submit's error, as SUBMIT_UNKNOWN unless its code says that nothing was accepted: then it may be repeated. */
export function submitFailure(error: unknown, { name }: ExecutorV1): ComfygenError {
  if (ComfygenError.is(error)) {
    if (error.code === 'SUBMIT_UNKNOWN' || errorInfo(error.code).submit !== 'unknown') return error;
  }
  const told = messageOf(error);
  return new ComfygenError(
    'SUBMIT_UNKNOWN',
    `executor ${name} failed to submit, and the job may have been accepted all the same: ${told}`,
    { part: { role: 'executor', name }, cause: error },
  );
}

/** The error for an `inspect` that is not repeated any more; it leaves the job open where that may still run. */
export function readFailure(error: unknown, { name }: ExecutorV1, ref: JobRef): ComfygenError {
  const part = { role: 'executor', name } as const;
  const told = messageOf(error);
  const known = ComfygenError.is(error) ? error : undefined;
  if (known && errorInfo(known.code).endsJob === true) return known;
  // A server that has refused connections for so long has lost what it was doing.
  if (known?.code === 'UNAVAILABLE')
    return new ComfygenError('JOB_LOST', `Job ${ref.id} is lost: ${told}`, { part, cause: error });
  return new ComfygenError(
    known?.code ?? 'PART_FAILED',
    `Job ${ref.id} on ${name} can't be followed any more, and may still run: ${told}`,
    { retryable: false, jobFate: 'open', part, details: { job: ref.id }, cause: error },
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
      jobFate: 'done',
      part: { role: 'executor', name },
      details: { job: ref.id },
      cause: error,
    },
  );
}

/**
 * Whether a job may have been accepted, may still run, or waits to be fetched: then neither it nor another
 * one in its place is submitted.
 */
export function leavesJob(error: unknown): boolean {
  return ComfygenError.is(error) && (error.jobFate === 'open' || error.jobFate === 'done');
}

/** Whether nothing else may be tried after this failure. */
export function endsRun(error: unknown): boolean {
  return (ComfygenError.is(error) && errorInfo(error.code).fault === 'caller') || leavesJob(error);
}

/** The code and message of a failure, as attempts and warnings have them. */
export function explain(error: unknown): { code: string; message: string } {
  if (!ComfygenError.is(error))
    return { code: 'PART_FAILED', message: redactText(messageOf(error)) };
  return { code: error.code, message: error.message };
}

/** How a job ended that gave this error in place of files: also as somebody else's cancel. */
export function endOf(error: unknown): JobState {
  if (ComfygenError.is(error, 'CANCELED')) return 'canceled';
  return ComfygenError.is(error, 'OUTPUT_EXPIRED') ? 'expired' : 'failed';
}
