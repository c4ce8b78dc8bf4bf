/**
 * Every code that comfygen throws or reports, with whether trying again can help.
 * docs/errors.md explains each one; a test keeps the two lists equal.
 */
export const ERROR_CODES = {
  AUTH: { retryable: false },
  FORBIDDEN: { retryable: false },
  PAYMENT: { retryable: false },
  RATE_LIMITED: { retryable: true },
  QUEUE_FULL: { retryable: true },
  NOT_FOUND: { retryable: false },
  INVALID_WORKFLOW: { retryable: false },
  UNSUPPORTED_FORMAT: { retryable: false },
  MISSING_SLOT: { retryable: false },
  UNSAFE_WORKFLOW: { retryable: false },
  MISSING_NODE: { retryable: false },
  MISSING_MODEL: { retryable: false },
  MISSING_INPUT: { retryable: false },
  PAYLOAD_TOO_LARGE: { retryable: false },
  EXECUTION_FAILED: { retryable: false },
  HOST_FAULT: { retryable: true },
  JOB_LOST: { retryable: true },
  SERVER_WEDGED: { retryable: true },
  SERVER_DEADLINE: { retryable: true },
  CLIENT_TIMEOUT: { retryable: false },
  OUTPUT_MISSING: { retryable: true },
  OUTPUT_EXPIRED: { retryable: true },
  SUBMIT_UNKNOWN: { retryable: false },
  UNAVAILABLE: { retryable: true },
  PROTOCOL: { retryable: true },
  CANCELED: { retryable: false },
  INVALID_BRIEF: { retryable: false },
  UNKNOWN_WORDS: { retryable: false },
  INVALID_FLOW: { retryable: false },
  NO_FLOW: { retryable: false },
  NO_IMAGE: { retryable: false },
  INVALID_IMAGE: { retryable: false },
  INVALID_PART: { retryable: false },
  INVALID_RECORD: { retryable: false },
  INVALID_SCORES: { retryable: false },
  INVALID_MODEL: { retryable: false },
  PART_FAILED: { retryable: false },
  MISSING_SETTING: { retryable: false },
  INVALID_OPTIONS: { retryable: false },
  UNSUPPORTED_SPEC: { retryable: false },
  UNSUPPORTED: { retryable: false },
  FILE_ACCESS: { retryable: false },
  DISPOSED: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

/** A stable code in UPPER_SNAKE. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a word is one of our codes. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
