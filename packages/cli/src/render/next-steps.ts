import type { ErrorCode } from 'comfygen';

const LIST_FLOWS = 'See what there is, and what can run here: comfygen flows list --all';
const CHECK_FILE = 'See every problem of a file with: comfygen workflow check FILE';
const AGAIN = 'Try again; if it stays, see what is set up with: comfygen doctor';

/** What a person can do about an error, by its code. */
const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
  AUTH: 'Check the key of this service; comfygen doctor lists which keys are set.',
  FORBIDDEN: 'The service knows the key but does not allow this; check the account.',
  PAYMENT: 'The account has no credit left; top it up, or use --executor embedded.',
  RATE_LIMITED: 'Wait a little and try again.',
  QUEUE_FULL: 'Wait a little and try again.',
  NOT_FOUND: 'Check the name or the address.',
  INVALID_WORKFLOW: CHECK_FILE,
  UNSUPPORTED_FORMAT:
    'In ComfyUI use Workflow > Export (API), or see: comfygen workflow convert --help',
  MISSING_SLOT:
    'See what can be filled with: comfygen workflow slots FILE; or choose another flow.',
  UNSAFE_WORKFLOW: CHECK_FILE,
  MISSING_NODE: LIST_FLOWS,
  MISSING_MODEL: LIST_FLOWS,
  MISSING_INPUT: CHECK_FILE,
  PAYLOAD_TOO_LARGE: 'Ask for a smaller or shorter one.',
  EXECUTION_FAILED: 'Try another flow with --flow ID, or another --seed.',
  HOST_FAULT: AGAIN,
  JOB_LOST: AGAIN,
  SERVER_WEDGED: 'Restart the server, then try again.',
  SERVER_DEADLINE: AGAIN,
  CLIENT_TIMEOUT: 'Give it more time with --timeout 5m, or a smaller --count.',
  OUTPUT_MISSING: 'Try another flow with --flow ID.',
  OUTPUT_EXPIRED: 'Generate again.',
  SUBMIT_UNKNOWN: 'Look at the service whether the job is there before you try again.',
  UNAVAILABLE: AGAIN,
  PROTOCOL: AGAIN,
  INVALID_BRIEF: 'See what can be asked for with: comfygen generate --help',
  UNKNOWN_WORDS: 'Say it with other words, or leave --strict out to draw without these words.',
  INVALID_FLOW: 'See every problem of your flows with: comfygen flows check PATH',
  NO_FLOW: LIST_FLOWS,
  NO_IMAGE: 'Mend what the reason names, or try another flow with --flow ID.',
  INVALID_SCORES:
    'comfygen bench selectors --help shows a file of scores; comfygen scores makes a table of it.',
  INVALID_MODEL: 'Make it again with: comfygen train; see what it takes with --help.',
  INVALID_OPTIONS: 'See the options with --help.',
  INVALID_PART: 'A part is a plain object: spec, role, name, supports and its methods.',
  MISSING_SETTING: 'Set it in the environment or in comfygen.config.json; see comfygen doctor.',
  FILE_ACCESS: 'Check that the path exists, that you may use it, and that the disk has room.',
};

/** One line for a person after an error, or `undefined` where there is nothing useful to say. */
export function nextStep(code: string): string | undefined {
  return NEXT_STEPS[code as ErrorCode];
}
