import { createHider, secretsOfAddress } from 'comfygen/http';
import { loadCredentials } from '../calls/credentials.ts';
import { loadPeer } from '../calls/load-peer.ts';
import { PART, type Settings } from './options.ts';

/** The SDK's client, the address that it calls, and helpers. @throws MISSING_SETTING for a key or a package */
export async function connect(settings: Settings) {
  const { apiKey, baseUrl } = loadCredentials({
    part: PART,
    apiKey: settings.apiKey,
    baseUrl: settings.baseUrl,
    env: { apiKey: 'ANTHROPIC_API_KEY', baseUrl: 'ANTHROPIC_BASE_URL' },
    defaultBaseUrl: 'https://api.anthropic.com',
  });
  const [{ default: Client }, { jsonSchemaOutputFormat }] = await loadPeer(
    PART,
    '@anthropic-ai/sdk',
    () =>
      Promise.all([import('@anthropic-ai/sdk'), import('@anthropic-ai/sdk/helpers/json-schema')]),
  );
  return {
    baseUrl,
    hide: createHider([apiKey, ...secretsOfAddress(baseUrl)]),
    formatOf: (schema: { type: 'object' }) => jsonSchemaOutputFormat(schema),
    /** A client that sends by this `fetch`. */
    open(send: typeof fetch) {
      return new Client({
        // Without a key the SDK looks in more places than our caller knows of; a server that asks for none gets no
        // header.
        apiKey: apiKey ?? 'none',
        ...(apiKey === undefined && { defaultHeaders: { Authorization: null } }),
        baseURL: baseUrl,
        fetch: send,
        maxRetries: settings.maxRetries,
        dangerouslyAllowBrowser: settings.dangerouslyAllowBrowser,
      });
    },
  };
}
