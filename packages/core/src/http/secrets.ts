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
