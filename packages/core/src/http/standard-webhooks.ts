import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef } from '../spec/index.ts';
import { fromBase64 } from './base64.ts';

/** A call that claims to come from a service. Names of headers may be in any case; the body must be as it came. */
export interface WebhookCall {
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The secret and the time by which a webhook call is checked. */
export interface VerifyOptions {
  part: PartRef;
  /** The webhook's secret: `whsec_` and base64. */
  secret: string;
  /** The time now, in milliseconds since the epoch. */
  now: number;
  /** How far the call's time may be from now, in milliseconds. Default 300,000. */
  toleranceMs?: number | undefined;
}

const TOLERANCE_MS = 300_000;

/**
 * Resolves where one of the call's signatures is right and its time is near, by the Standard Webhooks scheme:
 * HMAC-SHA256 over `id.timestamp.body`. The platform's own `verify` compares, in constant time.
 * @throws FORBIDDEN for any other call, INVALID_OPTIONS for a secret that is none
 */
export async function verifyWebhook(
  { headers, body }: WebhookCall,
  { part, secret, now, toleranceMs = TOLERANCE_MS }: VerifyOptions,
): Promise<void> {
  const refuse = (why: string) =>
    new ComfygenError('FORBIDDEN', `The webhook call is refused: ${why}.`, { part });
  const named = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const [id, time, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => named.get(name),
  );
  if (!id || !time || !signatures) throw refuse('it is not signed');
  if (!/^\d{1,12}$/.test(time)) throw refuse('its time is none');
  if (Math.abs(now - Number(time) * 1_000) > toleranceMs)
    throw refuse('its time is too far from now');
  const bytes = fromBase64(secret.replace(/^whsec_/, ''));
  if (bytes === undefined || bytes.length === 0)
    throw new ComfygenError('INVALID_OPTIONS', 'The webhook secret is no whsec_ key.', { part });
  const { subtle } = globalThis.crypto;
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await subtle.importKey('raw', bytes, hmac, false, ['verify']);
  const signed = new TextEncoder().encode(`${id}.${time}.${body}`);
  let right = false;
  // All are looked at: how long it takes says nothing about which one fits.
  for (const signature of signatures.split(' ').slice(0, 16)) {
    const given = signature.startsWith('v1,') ? fromBase64(signature.slice(3)) : undefined;
    if (given && (await subtle.verify('HMAC', key, given, signed))) right = true;
  }
  if (!right) throw refuse('its signature does not fit');
}
