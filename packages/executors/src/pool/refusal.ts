import { ComfygenError } from 'comfygen/plugin';

/**
 * What an error of a submit means for the job and for the member:
 * - `reject`: nobody would take the plan; `unfit`: this member can't run it, another one may;
 * - `down`: this member takes no jobs; `busy`: not now;
 * - `unknown`: the job may have been accepted, so it stays where it is.
 */
export type Refusal = 'reject' | 'unfit' | 'down' | 'busy' | 'unknown';

const KINDS: { [code: string]: Refusal } = {
  INVALID_WORKFLOW: 'reject',
  UNSUPPORTED_FORMAT: 'reject',
  MISSING_SLOT: 'reject',
  UNSAFE_WORKFLOW: 'reject',
  INVALID_BRIEF: 'reject',
  UNKNOWN_WORDS: 'reject',
  INVALID_OPTIONS: 'reject',
  MISSING_NODE: 'unfit',
  MISSING_MODEL: 'unfit',
  MISSING_INPUT: 'unfit',
  PAYLOAD_TOO_LARGE: 'unfit',
  UNSUPPORTED: 'unfit',
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
const PERMANENT = ['AUTH', 'FORBIDDEN', 'PAYMENT', 'MISSING_SETTING', 'DISPOSED'];

/** Reads a submit's error. */
export function readRefusal(error: unknown): Refusal {
  if (!ComfygenError.is(error)) return 'unknown';
  return Object.hasOwn(KINDS, error.code) ? KINDS[error.code]! : 'unknown';
}

/** Whether waiting would not help. */
export function isPermanent(code: string | undefined): boolean {
  return code !== undefined && PERMANENT.includes(code);
}

/** An error as a breaker's reason. */
export function reasonOf(error: unknown): { code: string; message: string } {
  if (ComfygenError.is(error)) return { code: error.code, message: error.message };
  const { message } = new ComfygenError('PART_FAILED', String(error));
  return { code: 'PART_FAILED', message };
}
