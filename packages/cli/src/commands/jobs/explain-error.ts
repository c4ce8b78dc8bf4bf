import { ComfygenError, type ErrorCode, type JobEntry } from 'comfygen';
import type { JobOptions } from './options.ts';

/** Codes that a wrong address gives too: the job may be on another server. */
const ELSEWHERE: readonly ErrorCode[] = ['JOB_LOST', 'NOT_FOUND', 'UNAVAILABLE'];
const NEXT: Partial<Record<ErrorCode, string>> = {
  CANCELED: 'Generate again.',
  OUTPUT_EXPIRED: 'The pictures are gone from the service: generate again.',
  EXECUTION_FAILED: 'Generate again, with another flow (--flow ID) or another --seed.',
  OUTPUT_MISSING: 'Generate again, with another flow: --flow ID',
  CLIENT_TIMEOUT: 'The job goes on; follow it again with more time: --timeout 5m',
};

/** The same error with what can be done about a job of an earlier run. */
export function explainJobError(error: unknown, { ref }: JobEntry, { url }: JobOptions): unknown {
  if (!ComfygenError.is(error) || error.details['hint'] !== undefined) return error;
  const { member } = error.details;
  const hint =
    error.jobFate === 'open'
      ? 'The job may still run: try again a little later.'
      : ELSEWHERE.includes(error.code) || (error.code === 'MISSING_SETTING' && member !== undefined)
        ? hintElsewhere(ref.executor, url)
        : NEXT[error.code];
  if (hint === undefined) return error;
  const { code, message, retryable, retryAfterMs, jobFate, part, details, cause } = error;
  return new ComfygenError(code, message, {
    ...{ retryable, retryAfterMs, jobFate, part, cause },
    details: { ...details, hint },
  });
}

function hintElsewhere(executor: string, url: string[] | undefined): string {
  if (executor === 'pool')
    return 'Name the server that has it, or the config file with the pool: --url ADDRESS, --config FILE';
  // A reference names no server: its address may hold a password.
  if (executor !== 'comfyui')
    return 'Check the account and the settings that the job was sent with.';
  const other = url === undefined ? 'Name' : 'If it was another one, name';
  return `${other} the server that the job was sent to: --url ADDRESS`;
}
