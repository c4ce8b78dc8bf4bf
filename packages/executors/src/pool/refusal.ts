import { ComfygenError } from 'comfygen/plugin';

/**
 * What an error of a submit means for the job and for the member:
 * - `plan`: nobody would take it; `lacks`: this member can't run it, another one may;
 * - `down`: this member takes no jobs; `busy`: not now;
 * - `unknown`: the job may have been accepted, so it stays where it is.
 */
export type Refusal = 'plan' | 'lacks' | 'down' | 'busy' | 'unknown';

const KINDS: { [code: string]: Refusal } = {
  INVALID_WORKFLOW: 'plan',
  UNSUPPORTED_FORMAT: 'plan',
  MISSING_SLOT: 'plan',
  UNSAFE_WORKFLOW: 'plan',
  INVALID_BRIEF: 'plan',
  UNKNOWN_WORDS: 'plan',
  INVALID_OPTIONS: 'plan',
  MISSING_NODE: 'lacks',
  MISSING_MODEL: 'lacks',
  MISSING_INPUT: 'lacks',
  PAYLOAD_TOO_LARGE: 'lacks',
  UNSUPPORTED: 'lacks',
  AUTH: 'down',
  FORBIDDEN: 'down',
  PAYMENT: 'down',
  MISSING_SETTING: 'down',
  NOT_FOUND: 'down',
  UNAVAILABLE: 'down',
  DISPOSED: 'down',
  RATE_LIMITED: 'busy',
  QUEUE_FULL: 'busy',
};

/** Only a person can put these right: a job does not wait for that. */
const HOPELESS = ['AUTH', 'FORBIDDEN', 'PAYMENT', 'MISSING_SETTING', 'DISPOSED'];

/** Reads a submit's error. */
export function readRefusal(error: unknown): Refusal {
  if (!ComfygenError.is(error)) return 'unknown';
  return Object.hasOwn(KINDS, error.code) ? KINDS[error.code]! : 'unknown';
}

/** Whether waiting would not help. */
export function isHopeless(code: string | undefined): boolean {
  return code !== undefined && HOPELESS.includes(code);
}

/** An error as a breaker's reason. */
export function reasonOf(error: unknown): { code: string; message: string } {
  if (ComfygenError.is(error)) return { code: error.code, message: error.message };
  const { message } = new ComfygenError('PART_FAILED', String(error));
  return { code: 'PART_FAILED', message };
}
