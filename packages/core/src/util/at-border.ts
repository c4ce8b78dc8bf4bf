import type { ErrorCode } from '../errors/codes.ts';
import { ComfygenError, type ComfygenErrorOptions } from '../errors/comfygen-error.ts';
import { messageOf } from './message-of.ts';

/** An error of ours for what somebody else's code threw, whatever that is; our own stay as they are. */
export function asOurs(
  error: unknown,
  code: ErrorCode,
  what: string,
  options: ComfygenErrorOptions = {},
): ComfygenError {
  if (ComfygenError.is(error)) return error;
  const message = `${what}: ${messageOf(error)}`;
  try {
    return new ComfygenError(code, message, { ...options, cause: error });
  } catch {
    return new ComfygenError(code, message, options);
  }
}

/** What the work gives; what values from outside make it throw becomes an error of ours. */
export function atBorder<T>(code: ErrorCode, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asOurs(error, code, `${what} can't be read`);
  }
}
