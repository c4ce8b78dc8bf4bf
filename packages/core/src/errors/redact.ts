const SECRET_KEY = /(authorization|api[-_]?key|token|secret|password|cookie|credential|signature)/i;
const PATTERNS: [RegExp, string][] = [
  // Any URL's user part and the query values that carry keys or signatures.
  [/\/\/[^/\s:@]+:[^/\s@]+@/g, '//[redacted]@'],
  [
    /([?&](?:api[-_]?key|key|token|access_token|signature|sig|x-amz-[a-z-]+)=)[^&\s"']+/gi,
    '$1[redacted]',
  ],
  [/\b(Bearer|Basic|Key|Token)\s+[A-Za-z0-9._~+/=-]{8,}/g, '$1 [redacted]'],
  [/\b(sk|pk|rk|r8|rpa|hf|ghp|xoxb)[-_][A-Za-z0-9_-]{8,}/g, '[redacted]'],
];

/** A text without the credentials that it may carry: URL users, key parameters, bearer tokens, known key shapes. */
export function redactText(text: string): string {
  return PATTERNS.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    text,
  );
}

/** A JSON-safe copy of a value without credentials; functions and cycles become a short note. */
export function redactValue(value: unknown, seen: readonly object[] = []): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.includes(value)) return '[circular]';
  const path = [...seen, value];
  if (Array.isArray(value)) return value.map((item) => redactValue(item, path));
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    SECRET_KEY.test(key) && typeof item === 'string' ? '[redacted]' : redactValue(item, path),
  ]);
  return Object.fromEntries(entries);
}
