import { createHider, secretsOfAddress } from 'comfygen/http';
import type { PartRef } from 'comfygen/plugin';
import { loadCredentials } from '../calls/credentials.ts';
import { loadPeer } from '../calls/load-peer.ts';

/** What a client is made of. */
export interface ClientSettings {
  apiKey?: string | undefined;
  baseUrl?: string | undefined;
  maxRetries: number;
  dangerouslyAllowBrowser: boolean;
}

const OPENAI = 'https://api.openai.com/v1';

/** The SDK's client for one request at a time, the address that it calls, and helpers. @throws MISSING_SETTING */
export async function connect(part: PartRef, settings: ClientSettings) {
  const { apiKey, baseUrl } = loadCredentials({
    part,
    apiKey: settings.apiKey,
    baseUrl: settings.baseUrl,
    env: { apiKey: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
    defaultBaseUrl: OPENAI,
  });
  const { default: Client } = await loadPeer(part, 'openai', () => import('openai'));
  const isOwn = URL.parse(baseUrl)?.origin === new URL(OPENAI).origin;
  return {
    baseUrl,
    hide: createHider([apiKey, ...secretsOfAddress(baseUrl)]),
    /** A client that sends by this `fetch`. */
    open(send: typeof fetch) {
      return new Client({
        // The SDK wants a key; a server without one gets no header.
        apiKey: apiKey ?? 'none',
        ...(apiKey === undefined && { defaultHeaders: { Authorization: null } }),
        // The environment's names of an account are OpenAI's business only.
        adminAPIKey: null,
        ...(!isOwn && { organization: null, project: null }),
        baseURL: baseUrl,
        fetch: send,
        maxRetries: settings.maxRetries,
        dangerouslyAllowBrowser: settings.dangerouslyAllowBrowser,
      });
    },
  };
}
