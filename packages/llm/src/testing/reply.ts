import type { JsonObject } from 'comfygen/plugin';

/** A request that a fake provider took, in one form for every provider. */
export interface FakeCall {
  /** Counts from 1; refused requests do not count. */
  number: number;
  model: string;
  /** The system's texts, joined by blank lines. */
  system: string;
  messages: { role: string; text: string; images: number }[];
  /** Text of the last message. */
  prompt: string;
  /** The schema that the reply is to follow, however it was asked for; `undefined` where none was. */
  schema: JsonObject | undefined;
  /** The body as it came. */
  body: JsonObject;
}

/**
 * What a fake provider answers. A text alone is the model's reply, and arrives the way it was asked for: as text, or
 * as the input of the tool that the request forces.
 * - `truncated`: that text, cut at the request's limit of tokens;
 * - `refusal`: the model declines, saying `text`;
 * - `error`: an error in the provider's own shape;
 * - `rate-limited`: 429 that says, in one way, when to come back; `overloaded`: the provider has no room;
 * - `silence`: no answer until the client is gone; `half`: the beginning of an answer, then silence;
 * - `reset`: the connection breaks; `html`: a web page with status 200.
 */
export type FakeReply =
  | string
  | { kind: 'text'; text: string; thinking?: string | undefined }
  | { kind: 'truncated'; text: string }
  | { kind: 'refusal'; text?: string | undefined }
  | {
      kind: 'error';
      status: number;
      message?: string | undefined;
      type?: string | undefined;
      /** OpenAI's: the field that is at fault. */
      param?: string | undefined;
      /** OpenAI's: the code of the error. */
      code?: string | undefined;
      headers?: Record<string, string> | undefined;
    }
  | {
      kind: 'rate-limited';
      retryAfterMs: number;
      /** The header that tells: `retry-after` in whole seconds, or `retry-after-ms`. Default: `seconds`. */
      hint?: 'seconds' | 'milliseconds' | undefined;
    }
  | { kind: 'overloaded' }
  | { kind: 'silence' }
  | { kind: 'half' }
  | { kind: 'reset' }
  | { kind: 'html' };

/** What answers: a reply for all requests, one for each in order, or a function. */
export type FakeScript =
  | FakeReply
  | readonly FakeReply[]
  | ((call: FakeCall) => FakeReply | Promise<FakeReply>);

/** A body in a provider's shape, and the status and headers that go with it. */
export interface Answer {
  status: number;
  headers?: Record<string, string> | undefined;
  body: unknown;
}

/** A request that the provider would refuse. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(JSON.stringify(answer.body));
    this.answer = answer;
  }
}

/** Calls a script for one request. @throws Error where a list of replies is at its end */
export async function replyTo(script: FakeScript, call: FakeCall): Promise<FakeReply> {
  if (typeof script === 'function') return script(call);
  if (!Array.isArray(script)) return script as FakeReply;
  const reply = (script as readonly FakeReply[])[call.number - 1];
  if (reply === undefined) throw new Error(`The script has no reply for request ${call.number}.`);
  return reply;
}

/** The 429 hint of a reply, as a header. */
export function retryHeaders({
  retryAfterMs,
  hint,
}: {
  retryAfterMs: number;
  hint?: string | undefined;
}) {
  return hint === 'milliseconds'
    ? { 'retry-after-ms': String(retryAfterMs) }
    : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
}

/** About as many tokens as a text has: four characters each. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
