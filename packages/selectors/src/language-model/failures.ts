import type { Warning } from 'comfygen/plugin';
import type { AskFailure } from './question.ts';

/**
 * A wrong key or name must be seen, and not be hidden behind a worse choice for ever. Lets pass what another attempt or
 * another prompt may help.
 *
 * @throws what the model threw
 */
export function throwLasting({ error }: AskFailure): void {
  if (error !== undefined && !error.retryable && error.code !== 'PAYLOAD_TOO_LARGE') throw error;
}

/** Why there is no answer, and when to come back. */
export function failureWarning({ code, message, error }: AskFailure): Warning {
  const details = { error: error?.code ?? null, retryAfterMs: error?.retryAfterMs ?? null };
  return { code, message, details };
}
