import { ComfygenError } from '../errors/comfygen-error.ts';
import { isSecretName } from '../errors/secret-names.ts';
import type { PartRef } from '../spec/index.ts';
import { toBase64 } from './base64.ts';

/** A service's address, taken apart: what requests begin with, and what in it no text may show. */
export interface BaseAddress {
  /** Origin and path, with a slash at its end. */
  prefix: string;
  origin: string;
  /** The authorization that `user:password@` stands for. */
  auth: Record<string, string>;
  /** What the address asks for after `?`: each request has it too, as proxies with a token in the query want. */
  query: Record<string, string>;
  secrets: string[];
}

/** @throws INVALID_OPTIONS for what is no http(s) address; it is not shown, since it may begin with a password */
export function readBase(given: string, part: PartRef): BaseAddress {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const message = `${part.name} needs an http(s) address, as http://127.0.0.1:8188.`;
    throw new ComfygenError('INVALID_OPTIONS', message, { part });
  }
  const [username, password] = [decode(url.username), decode(url.password)];
  const user = new TextEncoder().encode(`${username}:${password}`);
  const auth: Record<string, string> =
    username || password ? { authorization: `Basic ${toBase64(user)}` } : {};
  const query = Object.fromEntries(url.searchParams);
  const values = Object.entries(query).flatMap(([name, value]) =>
    isSecretName(name) || isToken(value) ? [value] : [],
  );
  // A token may stand in place of the user.
  const users = password === '' || isToken(username) ? [username, password] : [password];
  return {
    prefix: `${url.origin}${url.pathname.replace(/\/+$/, '')}/`,
    origin: url.origin,
    auth,
    query,
    secrets: [...users, ...values, ...tokensOf(url.pathname)],
  };
}

/** What in an address may be a key, which no text may show; none for what is no address. */
export function secretsOfAddress(address: string): string[] {
  return URL.canParse(address) ? readBase(address, { role: 'executor', name: '' }).secrets : [];
}

/** A `%` that begins no code stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The steps of an address's path that are keys: by the name before them, or since no word looks like that. */
function tokensOf(path: string): string[] {
  const steps = path.split('/').map(decode);
  return steps.filter((step, at) => isToken(step) || (at > 0 && isSecretName(steps[at - 1]!)));
}

/** Letters and digits, more than a name has. */
function isToken(text: string): boolean {
  const { length } = text.replace(/[^A-Za-z0-9]/g, '');
  return length >= 24 || (length >= 12 && /\d/.test(text) && /[A-Za-z]/.test(text));
}
