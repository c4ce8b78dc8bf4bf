import { type JsonObject, systemClock } from 'comfygen/plugin';
import { createFakeService, type FakeReply } from 'comfygen/testing';
import type { Answer, FakeCall } from './reply.ts';

/** A request as a fake provider got it, those that it refused too. */
export interface FakeRequest {
  method: string;
  path: string;
  /** Credentials are `[redacted]`. */
  headers: Record<string, string>;
  /** The text of the body. */
  body: string;
  /** The status of the answer; `undefined` where nothing was sent. */
  status: number | undefined;
}

/** What all fake providers have. */
export interface FakeProvider<Script> {
  /** The `baseUrl` to give to the client: `http://127.0.0.1:<port>` and the provider's own prefix. */
  readonly baseUrl: string;
  /** Every request so far. */
  readonly requests: FakeRequest[];
  /** The valid requests so far, in one form for every provider. */
  readonly calls: FakeCall[];
  /** The replies from now on; may be replaced at any time. */
  script: Script;
  /** Resolves once that many requests have come in all. */
  received(count: number): Promise<void>;
  /** Breaks all connections. */
  close(): Promise<void>;
}

/** What a provider does with one request. */
export type Handle = (request: {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}) => Promise<Answer | { kind: 'silence' | 'half' | 'reset' | 'html' }>;

/** A provider's server on 127.0.0.1: one handler for all paths. */
export async function startServer(handle: Handle) {
  const requests: FakeRequest[] = [];
  const service = await createFakeService({
    clock: systemClock,
    async otherwise({ method, path, headers, body: bytes }) {
      const body = bytes.toString('utf8');
      const entry: FakeRequest = {
        ...{ method, path, body, status: undefined },
        headers: redacted(headers),
      };
      requests.push(entry);
      const answer = await handle({ method, path, headers, body });
      entry.status = 'kind' in answer ? STATUS[answer.kind] : answer.status;
      return 'kind' in answer ? REPLIES[answer.kind] : { ...answer, json: answer.body };
    },
    // What a script throws is the test's to see, at once: SDKs are told not to try again.
    onError: (error) => ({
      status: 500,
      headers: { 'x-should-retry': 'false' },
      json: { error: { type: 'api_error', message: String(error) } },
    }),
  });
  const { url: origin, received, close } = service;
  return { origin, requests, received, close };
}

const REPLIES: { readonly [Kind in 'silence' | 'half' | 'reset' | 'html']: FakeReply } = {
  silence: { fault: { kind: 'silence' } },
  reset: { fault: { kind: 'reset' } },
  html: { fault: { kind: 'html' } },
  half: {
    headers: { 'content-type': 'application/json' },
    async stream(write, signal) {
      write('{"id":"half');
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  },
};
const STATUS = { silence: undefined, reset: undefined, html: 200, half: 200 } as const;

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'cookie'];

function redacted(headers: Record<string, string>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    CREDENTIALS.includes(name) ? '[redacted]' : value,
  ]);
  return Object.fromEntries(entries);
}

/** The body as an object; `undefined` where it is none. */
export function readObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The credential that a request brings, in either header. */
export function keyOf(headers: Record<string, string>): string | undefined {
  return headers['x-api-key'] ?? /^Bearer +(.+)$/i.exec(headers['authorization'] ?? '')?.[1];
}
