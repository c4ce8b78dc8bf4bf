/** Names of fields whose text is a secret. */
export const SECRET_KEY =
  /(authorization|api[-_]?key|token|secret|password|cookie|credential|signature)/i;
const PATTERNS: [RegExp, string][] = [
  // Any URL's user part and the query values that carry keys or signatures.
  [/\/\/[^/\s:@]+:[^/\s@]+@/g, '//[redacted]@'],
  [
    /([?&](?:api[-_]?key|key|token|access_token|signature|sig|x-amz-[a-z-]+)=)[^&\s"']+/gi,
    '$1[redacted]',
  ],
  [/\bBearer\s+[A-Za-z0-9._~+/=-]{8,}/gi, 'Bearer [redacted]'],
  // A digit tells a credential from prose: "Key lighting", "Basic watercolour".
  [/\b(Basic|Key|Token)\s+(?=[^\s\d]*\d)[A-Za-z0-9._~+/=-]{8,}/g, '$1 [redacted]'],
  [/\b(sk|pk|rk|r8|rpa|hf|ghp|xoxb)[-_][A-Za-z0-9_-]{8,}/g, '[redacted]'],
];

/** A text without the credentials that it may carry: URL users, key parameters, bearer tokens, known key shapes. */
export function redactText(text: string): string {
  return PATTERNS.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    text,
  );
}

const DEEPEST = 32;

/** A JSON-safe copy of a value without credentials; functions, cycles and great depth become a short note. */
export function redactValue(value: unknown, seen: readonly object[] = []): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.includes(value)) return '[circular]';
  if (seen.length >= DEEPEST) return '[too deep]';
  const path = [...seen, value];
  if (Array.isArray(value)) return value.map((item) => redactValue(item, path));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (value instanceof URL || value instanceof Date) return redactText(String(value.toJSON()));
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    SECRET_KEY.test(key) && typeof item === 'string' ? '[redacted]' : redactValue(item, path),
  ]);
  return Object.fromEntries(entries);
}

/** A cause that is safe to print: the error itself, or where its text carries credentials a copy without. */
export function redactCause(cause: unknown, depth = 0): unknown {
  if (!(cause instanceof Error) || depth >= DEEPEST) return redactValue(cause);
  const { name, message, stack = '' } = cause;
  const inner = cause.cause === undefined ? undefined : redactCause(cause.cause, depth + 1);
  if (redactText(message + stack) === message + stack && inner === cause.cause) return cause;
  const copy = new Error(redactText(message), inner === undefined ? undefined : { cause: inner });
  copy.name = name;
  copy.stack = redactText(stack);
  return copy;
}

/**
 * A function that puts `[redacted]` in place of these secrets, also in the form that they have in a URL. Longer ones
 * first, so that one that begins like another is hidden whole; below 4 characters none counts, which would garble
 * every text.
 */
export function createHider(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== undefined && secret.length >= 4) as string[];
  const forms = known.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text);
}

/** The values of headers that carry credentials, and the bare key after `Bearer ` and its kind. */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => !PUBLIC.has(name.toLowerCase()))
    .flatMap(([, value]) => [value, value.replace(/^\w+ +/, '')]);
}

/** Headers that a client sets and that are no secret. */
const PUBLIC = new Set(['accept', 'content-type', 'user-agent', 'prefer', 'comfy-usage-source']);
