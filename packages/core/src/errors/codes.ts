/** What an error code means: whether to try again, where the cause lies, and what became of a submit. */
export interface ErrorInfo {
  /** Whether the same call may succeed later. A part that knows better says so in its error. */
  retryable: boolean;
  /**
   * Where the cause lies, and so what may help: with `caller` nothing else is tried, with `flow` another flow may do,
   * with `backend` and `network` another executor.
   */
  fault: 'caller' | 'flow' | 'backend' | 'network';
  /** What it says of a submit that failed with it. */
  submit: SubmitMeaning;
  /** Waiting does not help: somebody has to give a key, pay, or start it again. Default false. */
  needsPerson?: true;
  /** A look at a job that fails with it says that the job is over. Default: the job may still run. */
  endsJob?: true;
}

/** The job may have been accepted and is never submitted again, or it surely was refused, for one of these reasons. */
export type SubmitMeaning =
  | 'unknown'
  /** No backend would take this plan. */
  | 'refused-plan'
  /** This backend can't run it; another one may. */
  | 'refused-unfit'
  /** This backend takes no jobs. */
  | 'refused-down'
  /** This backend takes no job now, but may later. */
  | 'refused-busy';

/**
 * Every code that comfygen throws or reports, with what it means. docs/errors.md explains each one; a test keeps
 * the two lists equal.
 */
export const ERROR_CODES = {
  // Your request
  INVALID_BRIEF: { retryable: false, fault: 'caller', submit: 'refused-plan' },
  // Of a submit: this executor is set up wrongly, which says nothing of the next.
  INVALID_OPTIONS: { retryable: false, fault: 'backend', submit: 'refused-unfit' },
  MISSING_SETTING: {
    retryable: false,
    fault: 'backend',
    submit: 'refused-down',
    needsPerson: true,
  },
  UNKNOWN_WORDS: { retryable: false, fault: 'caller', submit: 'refused-plan' },
  NO_FLOW: { retryable: false, fault: 'caller', submit: 'unknown' },
  NOT_FOUND: { retryable: false, fault: 'flow', submit: 'refused-down', endsJob: true },
  FILE_ACCESS: { retryable: false, fault: 'backend', submit: 'refused-unfit' },

  // Workflows and flows
  UNSUPPORTED_FORMAT: { retryable: false, fault: 'flow', submit: 'refused-plan' },
  INVALID_WORKFLOW: { retryable: false, fault: 'flow', submit: 'refused-plan' },
  UNSAFE_WORKFLOW: { retryable: false, fault: 'flow', submit: 'refused-plan' },
  MISSING_SLOT: { retryable: false, fault: 'flow', submit: 'refused-plan' },
  MISSING_NODE: { retryable: false, fault: 'flow', submit: 'refused-unfit' },
  MISSING_MODEL: { retryable: false, fault: 'flow', submit: 'refused-unfit' },
  MISSING_INPUT: { retryable: false, fault: 'flow', submit: 'refused-unfit' },
  INVALID_FLOW: { retryable: false, fault: 'flow', submit: 'unknown' },
  PAYLOAD_TOO_LARGE: { retryable: false, fault: 'flow', submit: 'refused-unfit' },

  // While a job runs
  EXECUTION_FAILED: { retryable: false, fault: 'flow', submit: 'unknown' },
  HOST_FAULT: { retryable: true, fault: 'backend', submit: 'unknown' },
  // Of a submit: the job was looked for by its id until it was sure that it is not there.
  JOB_LOST: { retryable: true, fault: 'backend', submit: 'refused-down', endsJob: true },
  SERVER_WEDGED: { retryable: true, fault: 'backend', submit: 'unknown' },
  SERVER_DEADLINE: { retryable: true, fault: 'backend', submit: 'unknown' },
  CLIENT_TIMEOUT: { retryable: false, fault: 'flow', submit: 'unknown' },
  // Of a submit: somebody took the job back before it was sent, as from a pool's queue.
  CANCELED: { retryable: false, fault: 'caller', submit: 'refused-plan' },
  OUTPUT_MISSING: { retryable: true, fault: 'flow', submit: 'unknown' },
  OUTPUT_EXPIRED: { retryable: true, fault: 'flow', submit: 'unknown', endsJob: true },
  NO_IMAGE: { retryable: false, fault: 'flow', submit: 'unknown' },

  // Talking to a backend
  UNAVAILABLE: { retryable: true, fault: 'network', submit: 'refused-down' },
  SUBMIT_UNKNOWN: { retryable: false, fault: 'network', submit: 'unknown' },
  AUTH: { retryable: false, fault: 'backend', submit: 'refused-down', needsPerson: true },
  FORBIDDEN: { retryable: false, fault: 'backend', submit: 'refused-down', needsPerson: true },
  PAYMENT: { retryable: false, fault: 'backend', submit: 'refused-down', needsPerson: true },
  RATE_LIMITED: { retryable: true, fault: 'backend', submit: 'refused-busy' },
  QUEUE_FULL: { retryable: true, fault: 'backend', submit: 'refused-busy' },
  PROTOCOL: { retryable: true, fault: 'backend', submit: 'unknown' },

  // Parts
  INVALID_PART: { retryable: false, fault: 'caller', submit: 'unknown' },
  UNSUPPORTED_SPEC: { retryable: false, fault: 'caller', submit: 'unknown' },
  UNSUPPORTED: { retryable: false, fault: 'flow', submit: 'refused-unfit' },
  PART_FAILED: { retryable: false, fault: 'backend', submit: 'unknown' },
  INVALID_IMAGE: { retryable: false, fault: 'flow', submit: 'unknown' },
  INVALID_RECORD: { retryable: false, fault: 'caller', submit: 'unknown' },
  INVALID_SCORES: { retryable: false, fault: 'caller', submit: 'unknown' },
  INVALID_MODEL: { retryable: false, fault: 'caller', submit: 'unknown' },
  DISPOSED: {
    retryable: false,
    fault: 'backend',
    submit: 'refused-down',
    needsPerson: true,
    endsJob: true,
  },
} as const satisfies Record<string, ErrorInfo>;

/** An error code of comfygen; codes are stable. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a word is one of our codes. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** What an error code means; an unknown one, as a newer part may use it, is read as PART_FAILED. */
export function errorInfo(code: string): ErrorInfo {
  return ERROR_CODES[isErrorCode(code) ? code : 'PART_FAILED'];
}
