import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { readAs } from '../util/read-as.ts';

/** Something in a store that could not be read as what it should be. */
export interface DamagedFile {
  path: string;
  reason: string;
}

/** What every store on a disk takes. */
export interface StoreOptions {
  /** Called for each damaged document that `list` leaves out. Default: emits a process warning. */
  onDamaged?: ((file: DamagedFile) => void) | undefined;
}

/** How documents of one kind are told from other JSON. */
export interface DocumentKind {
  /** For messages: `record`. */
  noun: string;
  /** Only what tells it: newer versions may add fields. */
  schema: z.ZodType;
}

export const JOB: DocumentKind = {
  noun: 'job',
  schema: z.looseObject({
    planId: z.string(),
    state: z.string(),
    ref: z.looseObject({ id: z.string(), executor: z.string() }),
  }),
};

export const RECORD: DocumentKind = {
  noun: 'record',
  schema: z.looseObject({
    schema: z.literal('comfygen/record@1'),
    runId: z.string(),
    images: z.array(z.unknown()),
    feedback: z.array(z.unknown()),
  }),
};

export const VERDICT: DocumentKind = {
  noun: 'verdict',
  schema: z.looseObject({ value: z.number(), at: z.number() }),
};

/** The document that a text holds; `path` says where it lies. @throws INVALID_RECORD */
export function parseDocument(path: string, text: string, { noun, schema }: DocumentKind): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ComfygenError('INVALID_RECORD', `${path}: not JSON`, { details: { path }, cause });
  }
  return readAs(schema, value, {
    what: `${noun} ${path}`,
    code: 'INVALID_RECORD',
    details: { path },
  });
}

/** What `read` gives, or `undefined` where it is damaged, which is told then. @throws what is no error of ours */
export function readOrTell<T>(
  path: string,
  onDamaged: NonNullable<StoreOptions['onDamaged']>,
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!ComfygenError.is(error)) throw error;
    onDamaged({ path, reason: error.message });
    return undefined;
  }
}

/** A document as JSON, indented by so many spaces. @throws INVALID_RECORD for what JSON can't hold */
export function toJson(document: unknown, noun: string, id: string, indent?: number): string {
  try {
    return JSON.stringify(document, null, indent);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComfygenError('INVALID_RECORD', `The ${noun} ${id} is not JSON-safe: ${reason}`, {
      cause,
    });
  }
}

/** What `onDamaged` is where nobody listens. */
export function warnOfDamage({ path, reason }: DamagedFile): void {
  process.emitWarning(`${reason}. It is left out; repair or delete ${path}.`, 'ComfygenWarning');
}
