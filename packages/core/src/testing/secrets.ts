import { inspect } from 'node:util';

/** A secret in the ways in which services say back what they were told: as it is, encoded, in a header, in an address. */
export function spellSecret(secret: string): string[] {
  const percent = encodeURIComponent(secret);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [
    `bad key ${secret}`,
    `Bearer ${secret}`,
    `GET https://host.example/x?a=1&token=${percent}&b=2`,
    `https://me:${percent}@host.example/`,
    `redirect=${encodeURIComponent(`/x?key=${percent}`)}`,
    JSON.stringify({ headers: { Authorization: secret } }),
    JSON.stringify(JSON.stringify([secret])),
    secret.replace(/./gs, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
    secret.replace(/./gs, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
    secret.toUpperCase(),
    `Basic ${base64(`user:${secret}`)}`,
    base64(secret),
    Buffer.from(`{"key":"${secret}"}`).toString('base64url'),
  ];
}

/**
 * The first of the secrets that can be read in a value, however it is printed and however a text in it is encoded;
 * `undefined` for none. Print what parts throw, return, log and emit through it.
 */
export function findSecret(value: unknown, secrets: readonly string[]): string | undefined {
  const texts = printsOf(value).flatMap((text) => [text, ...decodingsOf(text)]);
  const all = texts.join('\n').toLowerCase();
  return secrets.find((secret) => all.includes(secret.toLowerCase()));
}

function printsOf(value: unknown): string[] {
  const prints = [
    inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null }),
    safely(() => JSON.stringify(value)),
    safely(() => String(value)),
  ];
  if (!(value instanceof Error)) return prints;
  return [...prints, `${value.message} ${value.stack}`, ...printsOf(value.cause)];
}

function decodingsOf(text: string): string[] {
  let percent = text;
  for (let depth = 0; depth < 3; depth += 1)
    percent = percent.replace(/%([0-9a-f]{2})/gi, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  const escapes = percent
    .replace(/\\+u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+(["\\/])/g, '$1');
  // A run of base64 may begin after letters that are none of it.
  const runs = text.match(/[\w+/-]{8,}/g) ?? [];
  const decoded = runs.flatMap((run) =>
    [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), 'base64').toString('latin1')),
  );
  return [percent, escapes, ...decoded];
}

function safely(print: () => string | undefined): string {
  try {
    return print() ?? '';
  } catch {
    return '';
  }
}
