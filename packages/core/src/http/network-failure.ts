/** How a request without an answer failed: before it was sent (`refused`), or perhaps after that (`broken`). */
export type NetworkFailure = 'refused' | 'broken';

/** Causes that come before a connection stands: nothing was sent. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ConnectionRefused',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The codes of an error and of all that caused it. */
function causeCodes(error: unknown): string[] {
  const codes: string[] = [];
  const queue: unknown[] = [error];
  for (const item of queue) {
    if (typeof item !== 'object' || item === null || queue.length > 32) continue;
    const { code, cause, errors } = item as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === 'string') codes.push(code);
    if (cause !== undefined) queue.push(cause);
    // One for each address of a host that has several.
    if (Array.isArray(errors)) queue.push(...errors);
  }
  return codes;
}

/** `refused` where the request surely was not sent: only then may a submit be repeated. */
export function networkFailure(error: unknown): NetworkFailure {
  const codes = causeCodes(error);
  // What fetch itself won't do has no code: some ports are for other services.
  if (codes.length === 0 && failureText(error) === 'bad port') return 'refused';
  return codes.length > 0 && codes.every((code) => BEFORE_SENDING.has(code)) ? 'refused' : 'broken';
}

/** The message of an error's deepest cause, since "fetch failed" alone helps nobody. */
export function failureText(error: unknown): string {
  let deepest: unknown = error;
  for (let depth = 0; depth < 8; depth += 1) {
    const cause = (deepest as { cause?: unknown } | undefined)?.cause;
    if (!(cause instanceof Error)) break;
    deepest = cause;
  }
  const message = deepest instanceof Error ? deepest.message : String(deepest);
  return message || causeCodes(deepest).join(', ') || 'no reason was given';
}
