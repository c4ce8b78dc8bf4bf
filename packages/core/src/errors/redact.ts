import { createHider } from './hider.ts';
import { isPublicHeader, isSecretName, isSureName } from './secret-names.ts';

const HIDDEN = '[redacted]';

/** Before the @ of an address: with a scheme, its slashes perhaps encoded, or without one. */
const USERS: readonly RegExp[] = [
  /((?:[/\\]{1,8}|%2f)(?:[/\\]{1,4}|%2f))(?:[^\s/?#"'<>\\]{1,512}(?:@|%40)|[^\s/?#@:"']{0,256}:(?!\d{1,5}(?:[/?#\s]|$))[^\s@"']{1,256}@)(?=[\w[%])/gi,
  /(^|[\s"'(=])[^\s:/@"'()=]{0,128}:[^\s@"'/]{1,256}@(?=[\w[])(?![a-z]{1,9}:\/\/)/g,
];
/** A value of a query, perhaps escaped as in JSON, HTML or another query. */
const QUERY =
  /([?&;#]|%3f|%26|\\u0026)([\w.~[\]-]{1,100})(=|%3d|\\u003d)((?:(?!%26|\\u0026)[^&\s"'<>;#]){1,4096})/gi;
/** A whole line of a header, or the text in quotes that stands for it. */
const HEADER =
  /((?:\b|_)(?:authorization|cookie)["'\\]{0,4}\s{0,4}[:=]\s{0,4})(?:(["'\\]{1,4})[^"'\\\r\n]+|(?!["'\\\s])[^\r\n]+)/gi;
/** `name: value`, `"name":"value"`, `name=value`. */
const PAIR =
  /([A-Za-z][\w.-]{1,99})(["'\\]{0,4}\s{0,4}[:=]\s{0,4})(["'\\]{0,4})([^\s"'\\,;&<>(){}[\]]{1,4096})/g;
const SHAPES: readonly [RegExp, string][] = [
  [/\bBearer\s+[A-Za-z0-9._~+/=-]{8,}/gi, `Bearer ${HIDDEN}`],
  // A digit tells a credential from prose: "Key lighting", "Basic watercolour".
  [/\b(Basic|Key|Token)\s+(?=[^\s\d]*\d)[A-Za-z0-9._~+/=-]{8,}/g, `$1 ${HIDDEN}`],
  [/\b(sk|pk|rk|r8|rpa|hf|gh[opsur]|xox[a-z]|npm|glpat|github_pat)[-_][A-Za-z0-9_-]{8,}/g, HIDDEN],
  [/\b(?:A[KS]IA[A-Z0-9]{16}|AIza[\w-]{30,}|comfyui-[0-9a-f]{32,})\b/g, HIDDEN],
  // A token that carries its own signature, and a private key.
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(\.[\w-]*)?/g, HIDDEN],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?/g, HIDDEN],
];

/**
 * A text without the credentials that it may carry: what stands before the @ of an address, query values and fields
 * by their names, bearer tokens, keys of known shapes; each also where the same text repeats it.
 */
export function redactText(text: string): string {
  const found: string[] = [];
  const hide = (value: string) => {
    // A sentence may go on right after it.
    const bare = value.replace(/[.,:!?]+$/, '');
    if (isTelling(bare)) found.push(value, bare);
    return HIDDEN;
  };
  let clean = text;
  for (const pattern of USERS) clean = clean.replace(pattern, (_, before) => `${before}${HIDDEN}@`);
  clean = clean
    .replace(QUERY, (whole, before, name, equals, value) =>
      isSecretName(name) ? before + name + equals + hide(value) : whole,
    )
    .replace(HEADER, (_, before, quote = '') => before + quote + HIDDEN)
    .replace(PAIR, (whole, name, between, quote, value) => {
      const isCount = /^\d+$/.test(value) && name.endsWith('s');
      const isSet = quote !== '' || between === '=' || /\d\D|\D\d/.test(value);
      const isSecret =
        !isCount && isSecretName(name) && (isSureName(name) ? isSet : isTelling(value));
      return isSecret ? name + between + quote + hide(value) : whole;
    });
  for (const [pattern, replacement] of SHAPES) clean = clean.replace(pattern, replacement);
  return found.length === 0 ? clean : createHider(found)(clean);
}

/** Whether a text is like a credential and unlike a word, so that it may be looked for elsewhere. */
const isTelling = (text: string) => text.length >= 8 && /\d/.test(text);

/** Takes secrets out of texts and values. */
export interface Cleaner {
  text(text: string): string;
  /** A JSON-safe copy; functions, cycles and great depth become a short note. */
  value(value: unknown): unknown;
  /** A cause as an error of name, code, message, stack and its own causes; an error of ours stays as it is. */
  cause(cause: unknown): unknown;
}

const DEEPEST = 32;
/** Of what failed together, and of where it failed, the first few tell enough. */
const FEW = 16;
/** Our own errors were cleaned when they were made. */
export const BRAND = Symbol.for('comfygen.error');

/**
 * A cleaner that also hides, wherever they are repeated, the credentials that these values hold in fields named like
 * one; `hide` takes out those that the caller knows.
 */
export function createCleaner(
  roots: readonly unknown[] = [],
  hide: (text: string) => string = (text) => text,
): Cleaner {
  const hideFound = createHider(roots.flatMap((root) => findSecrets(root)));
  const text = (given: string) => redactText(hideFound(hide(given)));

  const value = (given: unknown, place: Place = 'open', path: readonly object[] = []): unknown => {
    const isHidden = place === 'secret';
    if (typeof given === 'string') return isHidden && given !== '' ? HIDDEN : text(given);
    if (typeof given === 'bigint') return isHidden ? HIDDEN : given.toString();
    if (typeof given === 'number' && !Number.isFinite(given)) return String(given);
    if (typeof given === 'function' || typeof given === 'symbol') return undefined;
    if (typeof given !== 'object' || given === null) return given;
    if (path.includes(given)) return '[circular]';
    if (path.length >= DEEPEST) return '[too deep]';
    const below = [...path, given];
    try {
      if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer)
        return `[${given.byteLength} bytes]`;
      if (given instanceof URL || given instanceof Date)
        return value(String(given.toJSON()), place, below);
      if (given instanceof Error) {
        const { name, code, message } = partsOf(given);
        return { name: text(name), code: value(code), message: text(message) };
      }
      const fields = fieldsOf(given, place).map(
        (field) => [field.key, value(field.item, field.place, below)] as const,
      );
      if (isList(given)) return fields.map(([, item]) => item);
      return Object.fromEntries(fields.map(([key, item]) => [text(key), item]));
    } catch {
      return '[unreadable]';
    }
  };

  const cause = (given: unknown, depth = 0): unknown => {
    if (typeof given !== 'object' || given === null) return value(given);
    if (isOurs(given)) return given;
    const { name, code, message, stack, inner, errors } = partsOf(given);
    const copy = new Error(text(message));
    const set = (key: string, item: unknown, enumerable = false) =>
      Object.defineProperty(copy, key, {
        ...{ value: item, enumerable, configurable: true, writable: true },
      });
    set('name', text(name));
    set('stack', text(stack ?? `${name}: ${message}`));
    if (code !== undefined) set('code', value(code), true);
    if (depth >= FEW) return copy;
    if (inner !== undefined) set('cause', cause(inner, depth + 1));
    if (errors)
      set(
        'errors',
        errors.slice(0, FEW).map((one) => cause(one, depth + 1)),
      );
    return copy;
  };
  return { text, value: (given) => value(given), cause: (given) => cause(given) };
}

/** A JSON-safe copy of a value without credentials, by the names of fields and by what texts look like. */
export function redactValue(value: unknown): unknown {
  return createCleaner([value]).value(value);
}

/** Whether it is an error of ours, of any installed copy: those were cleaned when they were made. */
export function isOurs(value: object): boolean {
  try {
    return BRAND in value;
  } catch {
    return false;
  }
}

/** What is kept of an error; another author's may throw where it is read. */
function partsOf(error: object) {
  const read = (key: string): unknown => {
    try {
      return (error as Record<string, unknown>)[key];
    } catch {
      return undefined;
    }
  };
  const asText = (key: string) =>
    typeof read(key) === 'string' ? (read(key) as string) : undefined;
  const code = read('code');
  const errors = read('errors');
  return {
    name: asText('name') ?? 'Error',
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    message: asText('message') ?? 'what was thrown is no error',
    stack: asText('stack'),
    inner: read('cause'),
    errors: Array.isArray(errors) ? errors : undefined,
  };
}

/** What stands around a value: nothing that matters, a name before it, headers, or a name that makes it secret. */
type Place = 'open' | 'pair' | 'headers' | 'secret';

interface Field {
  key: string;
  item: unknown;
  place: Place;
}

const isList = (value: object): value is unknown[] | Set<unknown> =>
  Array.isArray(value) || value instanceof Set;

const isPair = (item: unknown) =>
  Array.isArray(item) && item.length === 2 && typeof item[0] === 'string';

/** What an object, a list, a Map or headers hold, with what their names make of it. */
function fieldsOf(value: object, place: Place): Field[] {
  if (isList(value)) {
    // A list of 2^32 holes costs nothing to make.
    const items = Array.isArray(value) ? value.slice(0, SEARCHED) : [...value];
    const isPairs = place === 'open' && items.length > 0 && items.every(isPair);
    return items.map((item, at) => {
      if (isPairs) return { key: String(at), item, place: 'pair' };
      // Names and values may follow each other, or stand in pairs.
      const before = at % 2 === 1 && place !== 'open' ? items[at - 1] : undefined;
      const inner = typeof before === 'string' ? placeUnder(before, place) : place;
      return { key: String(at), item, place: inner };
    });
  }
  const { entries, name, key: label = name } = value as { [key: string]: unknown };
  const isMap = typeof entries === 'function' && Symbol.iterator in value;
  const around = place === 'open' && value instanceof Headers ? 'headers' : place;
  // As some list them: { name: 'authorization', value: … }.
  const labeled = typeof label === 'string' ? placeUnder(label, around) : around;
  const pairs = isMap ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  return pairs.map(([given, item]) => {
    const own = String(given);
    return { key: own, item, place: own === 'value' ? labeled : placeUnder(own, around) };
  });
}

function placeUnder(name: string, around: Place): Place {
  if (around === 'secret' || isSecretName(name)) return 'secret';
  if (around === 'headers') return isPublicHeader(name) ? 'open' : 'secret';
  return /headers?$/i.test(name) ? 'headers' : 'open';
}

/** Enough for what comes with an error; a client's whole state is not searched. */
const SEARCHED = 2_000;

/** The texts in a value's secret fields, also without the word before them in `Bearer …`. */
function findSecrets(root: unknown): string[] {
  const found: string[] = [];
  const queue: { item: unknown; place: Place }[] = [{ item: root, place: 'open' }];
  const seen = new Set<object>();
  for (const { item, place } of queue) {
    if (place === 'secret' && typeof item === 'string')
      found.push(...[item, item.replace(/^\w+ +/, '')].filter(isTelling));
    if (typeof item !== 'object' || item === null || seen.has(item)) continue;
    if (queue.length > SEARCHED || ArrayBuffer.isView(item) || isOurs(item)) continue;
    seen.add(item);
    try {
      queue.push(...fieldsOf(item, place));
      if (item instanceof Error)
        queue.push(...fieldsOf([item.cause, ...(partsOf(item).errors ?? [])], 'open'));
    } catch {
      // What can't be read can't be shown either.
    }
  }
  return found;
}
