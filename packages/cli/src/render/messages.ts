import { type Attempt, ComfygenError, type ErrorCode, type Warning } from 'comfygen';
import type { Colors } from '../terminal/io.ts';
import { levelOf } from './json.ts';
import { plain, wrap } from './text.ts';

type Shown = Pick<Warning, 'message'> & Partial<Pick<Warning, 'code' | 'level'>>;

/**
 * Warnings as marked lines, each sentence once: what was asked for and not given comes first; notes stand back, and
 * `quiet` leaves them out.
 */
export function renderWarnings(
  warnings: readonly Shown[],
  colors: Colors,
  columns: number,
  quiet = false,
): string {
  const isNote = (warning: Shown) => levelOf(warning) === 'note';
  const lines = (of: readonly Shown[], mark: string) =>
    [...new Set(of.map(({ message }) => plain(message)))].flatMap((message) =>
      wrap(message, columns - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}\n`),
    );
  const notes = quiet ? [] : warnings.filter(isNote);
  return [
    ...lines(
      warnings.filter((warning) => !isNote(warning)),
      colors.yellow('!'),
    ),
    ...lines(notes, colors.dim('·')),
  ].join('');
}

const GOES_ON = 'The job may still run; look for it with: comfygen jobs list';

/** An error as every failure prints it: what happened, why each try failed, and what to do next. */
export function renderError(
  error: unknown,
  colors: Colors,
  verbose: boolean,
  argv: readonly string[] = [],
): string {
  const { code, message, hint } = describeError(error, argv);
  const lines = [`${colors.red('error')} ${colors.bold(code)}: ${plain(message)}`];
  const more = attemptReasons(error).filter(
    (reason) => !message.includes(reason.replace(/\.$/, '')),
  );
  lines.push(...more.map((reason) => `  ${colors.dim('·')} ${plain(reason)}`));
  if (hint !== undefined) lines.push(`  ${colors.cyan('→')} ${hint}`);
  if (verbose) lines.push(...renderCauses(error).map((line) => `  ${colors.dim(line)}`));
  return `${lines.join('\n')}\n`;
}

/** What `--json` prints on stdout where a command fails. */
export function errorJson(
  error: unknown,
  argv: readonly string[] = [],
): { error: Record<string, unknown> } {
  const { code, message, hint } = describeError(error, argv);
  const facts = ComfygenError.is(error)
    ? {
        retryable: error.retryable,
        jobFate: error.jobFate,
        runId: error.runId,
        part: error.part,
        details: error.details,
      }
    : { retryable: false };
  return { error: { code, message, ...facts, hint } };
}

function describeError(
  error: unknown,
  argv: readonly string[],
): { code: string; message: string; hint?: string } {
  if (ComfygenError.is(error)) {
    const { hint: own } = error.details;
    const goesOn = error.jobFate === 'open' && error.code !== 'SUBMIT_UNKNOWN';
    const general = goesOn ? GOES_ON : nextStep(error.code);
    const advice = typeof own === 'string' ? own : general;
    const hint =
      advice !== undefined && namesCommand(advice, argv) ? OTHERWISE[error.code] : advice;
    return { code: error.code, message: error.message, ...(hint === undefined ? {} : { hint }) };
  }
  return {
    code: 'UNEXPECTED',
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    hint: 'This is a fault of comfygen or of a part. Run it again with --verbose and report it.',
  };
}

/** Why the tries of a run failed, each reason once. */
function attemptReasons(error: unknown): string[] {
  const attempts = ComfygenError.is(error) ? error.details['attempts'] : undefined;
  if (!Array.isArray(attempts)) return [];
  const messages = attempts.map((attempt: Attempt) => attempt.error?.message);
  return [...new Set(messages)].filter((message) => message !== undefined);
}

/** The stack and the causes below it, each line safe to print. */
function renderCauses(error: unknown): string[] {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 8; depth += 1) {
    const stack = (current.stack ?? String(current)).split('\n');
    if (depth > 0) lines.push(`caused by ${plain(String(current))}`);
    lines.push(...stack.filter((line) => /^\s+at /.test(line)).map(plain));
    current = current.cause;
  }
  return lines;
}

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

/** What helps where the step above is the command that has just failed. */
const OTHERWISE: Partial<Record<ErrorCode, string>> = {
  INVALID_WORKFLOW: 'In ComfyUI open it and use Workflow > Export (API).',
  UNSUPPORTED_FORMAT: 'In ComfyUI open it and use Workflow > Export (API).',
  MISSING_NODE: 'Install their node packs on that server, or take these nodes out.',
  INVALID_FLOW: 'Mend what the message names; workflows/README.md lists all fields.',
  INVALID_BRIEF: 'See what can be asked for with --help.',
  NO_FLOW: 'Give a folder or a file with --flows PATH; without --only the library is there too.',
};

/** Whether a hint names the command that was run: `comfygen flows list`. */
function namesCommand(hint: string, argv: readonly string[]): boolean {
  const [name = '', part = ''] = argv;
  return hint.includes(`comfygen ${name} ${part}`) || hint.includes(`comfygen ${name} --`);
}

/** One line for a person after an error, or `undefined` where there is nothing useful to say. */
function nextStep(code: string): string | undefined {
  return NEXT_STEPS[code as ErrorCode];
}
