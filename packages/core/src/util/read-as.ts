import type { z } from 'zod';
import type { ErrorCode } from '../errors/codes.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { isSecretName } from '../errors/secret-names.ts';
import type { PartRef } from '../spec/index.ts';
import { atBorder } from './at-border.ts';
import { nearest } from './nearest.ts';
import { allowed, keysOf, nodesAt, wordsOf } from './schema-words.ts';

/** A schema that checks a value: the Standard Schema contract, which zod 4 and others follow. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What is being read, for the message where it is wrong. */
export interface ReadAs {
  /** Begins the message: `createComfyGen`, `flow sdxl-base`. */
  what: string;
  /** Thrown where the value doesn't fit. */
  code: ErrorCode;
  /** What the value consists of. Default: `option` for INVALID_OPTIONS, else `field`. */
  noun?: string | undefined;
  /** Whose options they are, where they are a part's. */
  part?: PartRef | undefined;
  /** Further facts for a program, such as the file's path. */
  details?: Record<string, unknown> | undefined;
}

/** Everything that saying an issue needs. */
interface Reading extends ReadAs {
  schema: unknown;
  value: unknown;
}

/**
 * A value as its schema gives it: checked, with defaults. The error tells all that is wrong, field by field: what is
 * allowed there and what was received; for a key that nobody knows, which ones there are and which was probably meant.
 * Text of a schema's own `error` stands as written.
 *
 * @throws `code`, with the paths in `details.fields` and the sentences in `details.issues`
 */
export function readAs<Output>(schema: StandardSchema<Output>, value: unknown, as: ReadAs): Output {
  // Getters and proxies of whoever gave the value run here.
  return atBorder(as.code, as.what, () => read(schema, value, as));
}

function read<Output>(schema: StandardSchema<Output>, value: unknown, as: ReadAs): Output {
  const result = validate(schema, value);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new ComfygenError(as.code, `The schema of ${as.what} must not be asynchronous.`, as);
  }
  if (!result.issues) return result.value;
  const said = result.issues
    .slice(0, MOST_SAID)
    .flatMap((issue) => sayIssue({ ...as, schema, value }, issue as Issue));
  throw new ComfygenError(as.code, toMessage(as.what, said), {
    part: as.part,
    details: {
      ...as.details,
      fields: [...new Set(said.flatMap(({ fields }) => fields))],
      issues: said.map(({ ofWhole, text }) => (ofWhole ? join(as.what, text) : text)),
    },
  });
}

/** Where reading a value throws, zod's standard way reads it again, in a promise that nobody waits for: its own does not. */
function validate<Output>(schema: StandardSchema<Output>, value: unknown) {
  const { safeParse } = schema as Partial<z.ZodType<Output>>;
  if (safeParse === undefined) return schema['~standard'].validate(value);
  const { data, error } = safeParse(value);
  return error ? { issues: error.issues } : { value: data as Output };
}

/** A part's options as its schema wants them. @throws INVALID_OPTIONS naming each wrong or unknown key */
export function parseOptions<Output>(
  part: PartRef,
  schema: StandardSchema<Output>,
  value: unknown,
): Output {
  return readAs(schema, value, {
    what: `${part.role} ${part.name}`,
    code: 'INVALID_OPTIONS',
    part,
  });
}

/** A person reads no more; a long list of wrong values would say the same again and again. */
const MOST_SAID = 20;
const LONGEST_KEY = 100;

/** An issue of zod's, or of another library: then only message and path are there. */
type Issue = StandardIssue &
  Partial<Omit<z.core.$ZodIssue, 'message' | 'path'>> & {
    keys?: readonly string[];
    errors?: readonly (readonly Issue[])[];
    expected?: string;
  };

/** A sentence without its full stop, and the paths that it speaks of. */
interface Said {
  fields: string[];
  text: string;
  /** Whether the sentence lacks its subject, which is then what is read: "has no option x". */
  ofWhole: boolean;
}

function toMessage(what: string, said: readonly Said[]): string {
  const sentences = (ofWhole: boolean) =>
    said
      .filter((one) => one.ofWhole === ofWhole)
      .map(({ text }) => `${text}${text.endsWith('?') ? '' : '.'}`);
  const whole = sentences(true).map((sentence) => join(what, sentence));
  const fields = sentences(false).join(' ');
  if (whole.length === 0) return `${what}: ${fields}`;
  return [...whole, fields].filter(Boolean).join(' ');
}

/** A subject with what is said of it; what begins with a colon stands close. */
const join = (subject: string, text: string) =>
  `${subject}${text.startsWith(':') ? '' : ' '}${text}`;

function sayIssue(reading: Reading, issue: Issue, above: readonly PropertyKey[] = []): Said[] {
  const own = (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step));
  const path = [...above, ...own];
  const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors ?? []) : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => sayIssue(reading, inner, path));
  const keys = issue.keys?.slice(0, MOST_SAID).map((key) => key.slice(0, LONGEST_KEY));
  const fields = keys?.map((key) => spell([...path, key])) ?? [spell(path)];
  const text =
    keys === undefined
      ? sayWrongValue(reading, path, issue.message)
      : sayUnknownKeys(reading, path, keys);
  if (path.length === 0) return [{ fields, text, ofWhole: true }];
  return [{ fields, text: join(spell(path), text), ofWhole: false }];
}

/** Of a union's alternatives the only one that the value is of at all: its faults are inside. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const meant = branches.filter((issues) =>
    issues.every(({ path = [], keys }) => path.length > 0 || keys !== undefined),
  );
  return meant.length === 1 ? meant[0] : undefined;
}

function nounOf({ code, noun = code === 'INVALID_OPTIONS' ? 'option' : 'field' }: ReadAs): string {
  return noun;
}

function sayUnknownKeys(
  reading: Reading,
  path: readonly PropertyKey[],
  keys: readonly string[],
): string {
  const known = keysOf(nodesAt(reading.schema, path));
  const has = `has no ${nounOf(reading)} ${keys.join(', ')}`;
  if (known.length === 0) return has;
  const near = keys.map((key) => nearest(key, known)).filter((key) => key !== undefined);
  const there = `here are ${known.join(', ')}`;
  return near.length === 0
    ? `${has}; t${there}`
    : `${has}; did you mean ${near.join(', ')}? T${there}`;
}

/** Fields that may hold a key where nobody can tell it: an address without a scheme may begin with a password. */
const UNSHOWN = /header|ur[li]|host|address|endpoint|server|webhook/i;

/** zod's own words, which name its types; ours are said in their place. */
const STANDARD_TEXT = /^(Invalid|Too small|Too big)\b/;

function sayWrongValue(reading: Reading, path: readonly PropertyKey[], message: string): string {
  const nodes = nodesAt(reading.schema, path);
  const received = valueAt(reading.value, path);
  const isSaid = !STANDARD_TEXT.test(message);
  const wanted = isSaid ? message : allowed(nodes);
  if (wanted === undefined) return `: ${message}`;
  if (isSaid && !/^(must|needs|takes|has|is)\b/.test(message)) return `: ${message}`;
  const must = isSaid ? message : `must be ${wanted}`;
  if (path.length === 0 && wanted === 'an object' && nounOf(reading) === 'option')
    return `takes an object of options; got ${show(received)}`;
  if (received === undefined) return `is missing; it ${must}`;
  const words = wordsOf(nodes);
  const near =
    typeof received === 'string' && words.length > 1 ? nearest(received, words) : undefined;
  const isSecret = path.some((step) => UNSHOWN.test(String(step)) || isSecretName(String(step)));
  // "7" where 7 is wanted looks right until its kind is said.
  const kind = typeof received === 'string' && /\b(number|bigint)\b/.test(must) ? 'the text ' : '';
  const got = isSecret && typeof received === 'string' ? 'a text' : kind + show(received);
  return `${must}; got ${got}${near === undefined ? '' : `; did you mean ${near}?`}`;
}

/** `slots.prompt[0]`. */
function spell(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );
}

function show(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' ? 'an object' : String(value);
}
