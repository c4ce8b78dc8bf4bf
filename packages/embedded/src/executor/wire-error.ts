import { ComfygenError, type ErrorCode } from 'comfygen/plugin';

/** An error as it crosses between threads, where an error's own fields are lost. */
export interface WireError {
  code: ErrorCode;
  message: string;
  retryable?: boolean;
  details?: Record<string, unknown>;
}

/** An error in the form that crosses; what is none of ours gets `otherwise` as its code. */
export function toWire(error: unknown, otherwise: ErrorCode): WireError {
  if (ComfygenError.is(error)) {
    const { code, message, retryable, details } = error;
    return { code, message, retryable, details };
  }
  return { code: otherwise, message: error instanceof Error ? error.message : String(error) };
}

/** The error that crossed, typed again. */
export function fromWire({ code, message, ...options }: WireError): ComfygenError {
  return new ComfygenError(code, message, options);
}
