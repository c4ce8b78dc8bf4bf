import type { ErrorCode } from '../errors/codes.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { sha256Hex } from '../util/sha256.ts';
import { canonicalValue } from '../workflow/write.ts';

/** A JSON document that says which schema it follows and what its content hashes to. */
export interface SealedDocument {
  /** A name and a version: `comfygen/score-table@1`. */
  schema: string;
  /** `sha256:` of everything else, canonically written. */
  hash: string;
}

/** The kind of document that `openDocument` expects. */
export interface DocumentKind {
  /** The schema that is read. */
  schema: string;
  /** For messages: `score table`. */
  noun: string;
  /** The error code where it is something else. */
  code: ErrorCode;
}

/**
 * A JSON-safe document with the hash of its content: equal content gives equal bytes, whatever the order of its keys.
 */
export function sealDocument<T extends { schema: string }>(document: T): T & SealedDocument {
  return { ...document, hash: hashOf(document) };
}

/**
 * The document, where it is one of that kind and nothing in it was changed since it was sealed.
 * Its fields are not checked further.
 *
 * @throws `kind.code`: something else, another version of the schema, or damaged
 */
export function openDocument(value: unknown, { schema, noun, code }: DocumentKind): SealedDocument {
  const fail = (reason: string) => new ComfygenError(code, `This is no ${noun}: ${reason}.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('it is not a JSON object');
  }
  const document = value as Partial<SealedDocument>;
  if (document.schema !== schema) {
    const [name] = schema.split('@');
    if (typeof document.schema === 'string' && document.schema.startsWith(`${name}@`)) {
      throw fail(`it is ${document.schema}, and this version of comfygen reads ${schema}`);
    }
    throw fail(`its "schema" is not ${schema}`);
  }
  const { hash, ...content } = document;
  if (hash !== hashOf(content)) {
    throw fail('its content does not match its hash, so it was damaged or edited; build it again');
  }
  return document as SealedDocument;
}

function hashOf(content: object): string {
  return `sha256:${sha256Hex(canonicalValue(content))}`;
}
