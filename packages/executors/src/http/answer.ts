import type { ComfygenError } from 'comfygen/plugin';

/** A service's answer, read whole. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  text(): string;
  /** The body as JSON. @throws PROTOCOL where it is none, with the beginning of what came */
  json(): unknown;
}

/** An answer over bytes that were read; `notJson` makes the error for a body that is no JSON. */
export function createAnswer(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  bytes: Uint8Array,
  notJson: (text: string) => ComfygenError,
): Answer {
  const text = () => new TextDecoder().decode(bytes);
  return {
    status,
    headers,
    bytes,
    text,
    json() {
      try {
        return JSON.parse(text());
      } catch {
        throw notJson(text());
      }
    },
  };
}

/** The beginning of a body, fit for an error message. */
export function excerpt(text: string, length = 300): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= length ? flat : `${flat.slice(0, length)}…`;
}
