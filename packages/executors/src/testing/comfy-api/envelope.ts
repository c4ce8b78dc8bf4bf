import type { FakeReply } from 'comfygen/testing';

/** `{ error: { code, message, details } }`, in which every error of the API comes. */
export function envelope(
  status: number,
  code: string,
  message: string,
  details: Record<string, unknown> | null = null,
  headers: Record<string, string> = {},
): FakeReply {
  return { status, headers, json: { error: { code, message, details } } };
}

/** A time as the API writes it. */
export function isoDate(ms: number): string {
  return new Date(ms).toISOString();
}
