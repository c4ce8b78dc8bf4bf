import type { Warning } from 'comfygen/plugin';
import type { AskFailure } from './question.ts';

/**
 * Throws a failure that will recur until a person acts, such as a wrong key or model name; does nothing for others.
 *
 * @throws what the model threw
 */
export function throwLasting({ error }: AskFailure): void {
  if (error !== undefined && !error.retryable && error.code !== 'PAYLOAD_TOO_LARGE') throw error;
}

/** The warning for a failed question: the reason, and when to try again. */
export function failureWarning({ code, message, error }: AskFailure): Warning {
  const details = { error: error?.code ?? null, retryAfterMs: error?.retryAfterMs ?? null };
  return { code, message, details };
}
