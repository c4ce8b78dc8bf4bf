import type { PartRef } from '../spec/index.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { BRAND, createCleaner, isOurs } from './redact.ts';

/**
 * What became of a job that an error is about. `open`: it may have been accepted, or may still run. `done`: it
 * succeeded, and what it made waits to be fetched. After either, the job is not submitted again.
 */
export type JobFate = 'open' | 'done';

/** What an error carries besides its code and message. */
export interface ComfygenErrorOptions {
  /** Whether the same call may succeed later. Default: what the code says. */
  retryable?: boolean | undefined;
  /** How long to wait before trying again, in milliseconds, where the backend said so. */
  retryAfterMs?: number | undefined;
  /** Where the error leaves a job behind. Default: `open` for SUBMIT_UNKNOWN, none for other codes. */
  jobFate?: JobFate | undefined;
  /** The part in which it happened. */
  part?: PartRef | undefined;
  /** The run that failed with it. Core fills it in; `undefined` where the error is of no run. */
  runId?: string | undefined;
  /** Facts for a program: node ids, received values, HTTP status. Redacted when the error is made. */
  details?: Record<string, unknown> | undefined;
  /** What failed. Its name, code, message and stack are kept, cleaned; the rest only `rawCause()` gives. */
  cause?: unknown;
  /** Takes out secrets that whoever makes the error knows, as `hide` of the HTTP client does. */
  hide?: ((text: string) => string) | undefined;
}

/**
 * The one error of comfygen. `code` is stable; messages may change. Secrets are taken out when the
 * error is made, so printing or sending it is safe. Cancellation is never wrapped: it rethrows the
 * caller's `signal.reason`.
 */
export class ComfygenError extends Error {
  override readonly name = 'ComfygenError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly jobFate: JobFate | undefined;
  readonly part: PartRef | undefined;
  readonly runId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly #rawCause: unknown;

  constructor(code: ErrorCode, message: string, options: ComfygenErrorOptions = {}) {
    const clean = createCleaner([options.cause, options.details], options.hide);
    const cause = clean.cause(options.cause);
    super(clean.text(message), cause === undefined ? undefined : { cause });
    this.#rawCause = options.cause;
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.jobFate = options.jobFate ?? (code === 'SUBMIT_UNKNOWN' ? 'open' : undefined);
    this.part = clean.value(options.part) as PartRef | undefined;
    this.runId = options.runId;
    this.details = clean.value(options.details ?? {}) as Record<string, unknown>;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether `error` is a comfygen error, also one of another installed copy; optionally of one code. */
  static is(error: unknown, code?: ErrorCode): error is ComfygenError {
    if (typeof error !== 'object' || error === null || !isOurs(error)) return false;
    try {
      const given = (error as { code?: unknown }).code;
      return code === undefined ? typeof given === 'string' : given === code;
    } catch {
      // It can't even be looked at, as a proxy may have it.
      return false;
    }
  }

  /**
   * The cause as it was thrown, with all that it carries: perhaps keys, so not to be printed. `cause` is its safe copy.
   */
  rawCause(): unknown {
    return this.#rawCause;
  }

  /** A JSON-safe copy without secrets; the cause is reduced to its name, code and message. */
  toJSON(): Record<string, unknown> {
    const { code, message, retryable, retryAfterMs, jobFate, part, runId, details, cause } = this;
    const shown = { code, message, retryable, retryAfterMs, jobFate, part, runId, details };
    return { ...shown, cause: createCleaner().value(cause) };
  }
}

/** The error with the id of the run that failed with it; a copy where it is frozen, or another run's as well. */
export function ofRun(error: ComfygenError, runId: string): ComfygenError {
  if (runId === '' || error.runId === runId) return error;
  if (error.runId === undefined && !Object.isFrozen(error)) return Object.assign(error, { runId });
  const { code, message, stack } = error;
  const copy = new ComfygenError(code, message, { ...error, cause: error.rawCause(), runId });
  return Object.assign(copy, { stack });
}
