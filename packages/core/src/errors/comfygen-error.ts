import type { PartRef } from '../spec/index.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { redactCause, redactText, redactValue } from './redact.ts';

const BRAND = Symbol.for('comfygen.error');

/** What an error carries besides its code and message. */
export interface ComfygenErrorOptions {
  /** Whether the same call may succeed later. Default: what the code says. */
  retryable?: boolean | undefined;
  /** How long to wait before trying again, in milliseconds, where the backend said so. */
  retryAfterMs?: number | undefined;
  /** The part in which it happened. */
  part?: PartRef | undefined;
  /** Facts for a program: node ids, received values, HTTP status. Redacted when the error is made. */
  details?: Record<string, unknown> | undefined;
  cause?: unknown;
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
  readonly part: PartRef | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ComfygenErrorOptions = {}) {
    const cause = redactCause(options.cause);
    super(redactText(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.part = options.part;
    this.details = redactValue(options.details ?? {}) as Record<string, unknown>;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether `error` is a comfygen error, also one of another installed copy; optionally of one code. */
  static is(error: unknown, code?: ErrorCode): error is ComfygenError {
    if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
    return code === undefined || (error as { code?: unknown }).code === code;
  }

  /** A JSON-safe copy without secrets; the cause is reduced to its name and message. */
  toJSON(): Record<string, unknown> {
    const { code, message, retryable, retryAfterMs, part, details, cause } = this;
    return { code, message, retryable, retryAfterMs, part, details, cause: redactValue(cause) };
  }
}
