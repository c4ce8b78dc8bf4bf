import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef } from '../spec/index.ts';
import { letOthersRun } from '../util/let-others-run.ts';
import type { StandardSchema } from '../util/read-as.ts';
import type { Incoming } from './exchange.ts';
import { parseInPieces } from './parse-in-pieces.ts';

/** A service's answer, read whole. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** The body as UTF-8. */
  text(): string;
  /**
   * The body as JSON, unchecked. Integers above 2^53 − 1 lose their exact value; where one matters, read `text()`
   * with `parseJson`.
   *
   * @throws PROTOCOL where it is none, with the beginning of what came; SUBMIT_UNKNOWN where it answers a submit
   */
  json(): unknown;
  /**
   * The body as JSON, checked and shaped by a schema of zod or another library that follows Standard Schema.
   *
   * @throws PROTOCOL naming the fields that don't fit; where it answers a submit SUBMIT_UNKNOWN, since the service has
   * taken the job whatever its answer looks like
   */
  read<T>(schema: StandardSchema<T>): T;
}

/** The part whose service answered, and whether it answered a submit. */
interface Origin {
  part: PartRef;
  submit: boolean;
  /** The error for a body that is no JSON. */
  notJson(text: string): ComfygenError;
  /** Reads JSON. */
  parse(text: string): unknown;
}

/** Above this an answer's JSON is read in pieces, in bytes. */
const LARGE = 1024 * 1024;

/** An answer over bytes that were read. One of much JSON was parsed already, with turns for others. */
export async function createAnswer(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  bytes: Uint8Array,
  { part, submit, notJson, parse }: Origin,
): Promise<Answer> {
  const text = () => new TextDecoder().decode(bytes);
  const isLarge =
    bytes.length > LARGE && status < 300 && /json/.test(headers.get('content-type') ?? '');
  const read = isLarge
    ? await parseInPieces(await decodeInPieces(bytes), { parse }).then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      )
    : () => parse(text());
  const json = (): unknown => {
    try {
      return read();
    } catch {
      throw notJson(new TextDecoder().decode(bytes.subarray(0, 2_000)));
    }
  };
  return {
    status,
    headers,
    bytes,
    text,
    json,
    read(schema) {
      try {
        return readValue(json(), schema, part);
      } catch (cause) {
        if (!submit || !(cause instanceof Error)) throw cause;
        const message = `The job may run, but has no id: ${cause.message}`;
        throw new ComfygenError('SUBMIT_UNKNOWN', message, { part, cause });
      }
    },
  };
}

/** A text of any length, with turns for others. */
async function decodeInPieces(bytes: Uint8Array): Promise<string> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += LARGE) {
    pieces.push(decoder.decode(bytes.subarray(at, at + LARGE), { stream: true }));
    await letOthersRun();
  }
  return pieces.join('') + decoder.decode();
}

/**
 * A service's parsed JSON that is not the body of an answer, such as a webhook call, checked and shaped by a schema.
 * @throws PROTOCOL naming the fields that don't fit
 */
export function readValue<T>(value: unknown, schema: StandardSchema<T>, part: PartRef): T {
  const read = schema['~standard'].validate(value);
  if (!(read instanceof Promise) && !read.issues) return read.value;
  const issues = read instanceof Promise ? [] : read.issues;
  const fields = issues.map(({ path = [] }) =>
    path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
  );
  const places = fields.map((field) => field || 'the whole').join(', ');
  const message = `${part.name} gave an answer that makes no sense: ${places}.`;
  throw new ComfygenError('PROTOCOL', message, { part });
}

/** The beginning of a text in one line, fit for an error's message; `length` in characters, default 300. */
export function excerpt(text: string, length = 300): string {
  // Of a large one its beginning is enough.
  const flat = text
    .slice(0, length * 20)
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length <= length ? flat : `${flat.slice(0, length)}…`;
}

/** Why a body could not be read. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly kind: 'too-large' | 'truncated';
  constructor(kind: BodyError['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/**
 * The whole body, of at most `maxBytes`; of a larger one its beginning where `isCut`.
 * @throws BodyError where it is larger, or ends before its length
 */
export async function readBody(
  response: Incoming,
  maxBytes: number,
  isCut = false,
): Promise<Uint8Array> {
  const declared = lengthOf(response);
  const tooLarge = () => new BodyError('too-large', `The answer is above ${maxBytes} bytes.`);
  if (declared !== undefined && declared > maxBytes && !isCut) {
    await response.body?.cancel().catch(() => {});
    throw tooLarge();
  }
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || value === undefined) break;
      size += value.byteLength;
      chunks.push(value);
      if (size <= maxBytes) continue;
      if (!isCut) throw tooLarge();
      await reader.cancel().catch(() => {});
      return join(chunks, size).subarray(0, maxBytes);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    if (error instanceof BodyError) throw error;
    throw new BodyError('truncated', 'The answer ended half-way.', error);
  }
  if (declared !== undefined && size < declared)
    throw new BodyError('truncated', `The answer has ${size} of ${declared} bytes.`);
  return join(chunks, size);
}

/** The declared length; `undefined` where the body was compressed on its way, which changes its size. */
function lengthOf({ headers }: Incoming): number | undefined {
  const length = headers.get('content-length');
  if (length === null || headers.has('content-encoding')) return undefined;
  const bytes = Number(length);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}

function join(chunks: Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
