import { loadSetting, type PartRef } from 'comfygen/plugin';

/** Where a provider's key and address may come from. */
export interface CredentialSource {
  part: PartRef;
  apiKey: string | undefined;
  baseUrl: string | undefined;
  /** The vendor's own variable of the key, and of the address that goes with it. */
  env: { apiKey: string; baseUrl: string };
  defaultBaseUrl: string;
}

/** The address to call, and the key that goes there; `undefined` for a server that asks for none. */
export interface Credentials {
  baseUrl: string;
  apiKey: string | undefined;
}

/**
 * The option, else the environment, read now. The environment's key goes to the environment's or the vendor's own
 * address only: an address given in code, such as a local server, gets the key that was given in code, or none.
 *
 * @throws MISSING_SETTING where the vendor needs a key and there is none
 */
export function loadCredentials(source: CredentialSource): Credentials {
  const { part, env, defaultBaseUrl } = source;
  const given = source.baseUrl?.trim();
  const baseUrl = (given || environment(env.baseUrl) || defaultBaseUrl).replace(/\/+$/, '');
  const apiKey = source.apiKey?.trim();
  if (apiKey) return { baseUrl, apiKey };
  const isOwn = originOf(baseUrl) === originOf(defaultBaseUrl);
  if (isOwn)
    return {
      baseUrl,
      apiKey: loadSetting({ part, option: 'apiKey', value: undefined, env: env.apiKey }),
    };
  return { baseUrl, apiKey: given ? undefined : environment(env.apiKey) };
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name]?.trim() || undefined;
}
