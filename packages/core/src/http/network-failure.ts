/** How a request without an answer failed: before it was sent (`refused`), or perhaps after that (`broken`). */
export type NetworkFailure = 'refused' | 'broken';

/** Causes that come before a connection stands: nothing was sent. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_(CONNECT_TIMEOUT|INVALID_ARG)|ConnectionRefused|FailedToOpenSocket|ERR_INVALID_\w+|ERR_TLS_CERT\w+|CERT_\w+|UNABLE_TO_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|NO_\w+|HTTP_REQUEST|HTTPS_PROXY_REQUEST|\w*HANDSHAKE\w*|TLSV1_(UNRECOGNIZED_NAME|ALERT_\w+)))$/;
/** What the platform was doing when it failed. */
const CONNECTING = ['connect', 'getaddrinfo'];
/** A connection that ended while it was made safe. */
const NO_TLS = /before secure TLS connection was established/;

/** Something went wrong at one address. */
interface Leaf {
  code: string;
  syscall?: unknown;
  message?: unknown;
}

/** Those with a code among an error and all that caused it. */
function leavesOf(error: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  const queue: unknown[] = [error];
  for (const item of queue) {
    if (typeof item !== 'object' || item === null || queue.length > 32) continue;
    const { code, cause, errors } = item as { code?: unknown; cause?: unknown; errors?: unknown };
    if (cause !== undefined) queue.push(cause);
    // One for each address of a host that has several: the whole has the code of the first.
    if (Array.isArray(errors) && errors.length > 0) queue.push(...errors);
    else if (typeof code === 'string') leaves.push(item as Leaf);
  }
  return leaves;
}

/** `refused` where the request surely was not sent: only then may a submit be repeated. */
export function networkFailure(error: unknown): NetworkFailure {
  const leaves = leavesOf(error);
  // What fetch itself won't do has no code: some ports are for other services.
  if (leaves.length === 0 && failureText(error) === 'bad port') return 'refused';
  const isBefore = ({ code, syscall, message }: Leaf) =>
    BEFORE_SENDING.test(code) ||
    CONNECTING.includes(String(syscall)) ||
    NO_TLS.test(String(message));
  return leaves.length > 0 && leaves.every(isBefore) ? 'refused' : 'broken';
}

/** The message of an error's deepest cause, since "fetch failed" alone helps nobody. */
export function failureText(error: unknown): string {
  const leaves = leavesOf(error);
  if (leaves.some(({ code }) => code === 'ERR_SSL_WRONG_VERSION_NUMBER'))
    return 'what listens there speaks no TLS: give its address with http://';
  let deepest: unknown = error;
  for (let depth = 0; depth < 8; depth += 1) {
    const cause = (deepest as { cause?: unknown } | undefined)?.cause;
    if (!(cause instanceof Error)) break;
    deepest = cause;
  }
  const message = deepest instanceof Error ? deepest.message : String(deepest);
  return message || leaves.map(({ code }) => code).join(', ') || 'no reason was given';
}
