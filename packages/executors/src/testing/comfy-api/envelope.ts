import type { FakeReply } from 'comfygen/testing';

/** The JSON body of an error answer, as the API sends it: `{ error: { code, message, details } }`. */
export function envelope(
  status: number,
  code: string,
  message: string,
  details: Record<string, unknown> | null = null,
  headers: Record<string, string> = {},
): FakeReply {
  return { status, headers, json: { error: { code, message, details } } };
}

/** A time in milliseconds since the epoch as the API writes it. */
export function isoDate(ms: number): string {
  return new Date(ms).toISOString();
}
