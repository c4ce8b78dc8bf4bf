import type { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef } from '../spec/index.ts';

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

/** An answer's JSON as its schema reads it. @throws PROTOCOL for no JSON, and for JSON of another shape */
export function readAnswer<T>(answer: Answer, schema: z.ZodType<T>, part: PartRef): T {
  return readValue(answer.json(), schema, part);
}

/** Parsed JSON of a service as its schema reads it. @throws PROTOCOL naming the fields that don't fit */
export function readValue<T>(value: unknown, schema: z.ZodType<T>, part: PartRef): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const fields = read.error.issues.map(({ path }) => path.join('.') || 'the whole').join(', ');
  throw new ComfygenError(
    'PROTOCOL',
    `${part.name} gave an answer that makes no sense: ${fields}.`,
    {
      part,
    },
  );
}

/**
 * The same for the answer to a submit: it was taken, whatever the answer says.
 * @throws SUBMIT_UNKNOWN where the job's id can't be read
 */
export function readAccepted<T>(answer: Answer, schema: z.ZodType<T>, part: PartRef): T {
  try {
    return readAnswer(answer, schema, part);
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : String(cause);
    throw new ComfygenError('SUBMIT_UNKNOWN', `The job may run, but has no id: ${told}`, {
      part,
      cause,
    });
  }
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

/** The whole body, up to `maxBytes`. @throws BodyError where it is larger, or ends before its length */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const declared = lengthOf(response);
  const tooLarge = () => new BodyError('too-large', `The answer is above ${maxBytes} bytes.`);
  if (declared !== undefined && declared > maxBytes) {
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
      if (done) break;
      size += value.byteLength;
      if (size > maxBytes) throw tooLarge();
      chunks.push(value);
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
function lengthOf({ headers }: Response): number | undefined {
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
