import { loadSetting, type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

/** Options of `comfyApi`: where the service is, its keys, and limits. */
export interface ComfyApiOptions {
  /**
   * The API key. Default: the environment variable COMFY_API_KEY, read when it is first used, for Comfy's own hosts
   * only. To a server of your own no key is sent but the one given here.
   */
  apiKey?: string | undefined;
  /**
   * The service's address, with the path that the API is mounted under. Default: the environment variable
   * COMFY_BASE_URL, else `https://cloud.comfy.org`.
   */
  baseUrl?: string | undefined;
  /**
   * A comfy.org API key, for nodes that call Comfy's partners. It is sent with each job and stored nowhere. Default:
   * none.
   */
  comfyOrgApiKey?: string | undefined;
  /** Whether images of PreviewImage nodes are given too where a job has other outputs. Default false. */
  previewOutputs?: boolean | undefined;
  /**
   * Whether the executor can list what the service can run (`inventory`). Version 2 of the API has no such call;
   * Comfy Cloud still answers the older one. Default: true where `baseUrl` is Comfy Cloud or not given.
   */
  inventory?: boolean | undefined;
  /** How long the service may take to accept a job, in milliseconds. Default 60,000. */
  submitTimeoutMs?: number | undefined;
  /** How long one download may take, in milliseconds. Default 120,000. */
  downloadTimeoutMs?: number | undefined;
  /** The largest file that is fetched, in bytes. Default 512 MiB. */
  maxBytes?: number | undefined;
  /** The `fetch` to use instead of the platform's own, for proxies and tests. */
  fetch?: typeof fetch | undefined;
}

export const PART: PartRef = { role: 'executor', name: 'comfy-api' };

const CLOUD = 'https://cloud.comfy.org';
/** Hosts that a key of the environment is meant for. */
const OWN_HOST = /(^|\.)comfy\.(org|app)$/i;

const ms = z.int().min(1).max(86_400_000);
const schema = z.strictObject({
  apiKey: z.string().optional(),
  baseUrl: z.string().optional(),
  comfyOrgApiKey: z.string().optional(),
  previewOutputs: z.boolean().default(false),
  inventory: z.boolean().optional(),
  submitTimeoutMs: ms.optional(),
  downloadTimeoutMs: ms.default(120_000),
  maxBytes: z.int().min(1).optional(),
  fetch: z.custom<typeof fetch>((value) => typeof value === 'function').optional(),
});
const runSchema = z.strictObject({ previewOutputs: z.boolean().optional() });
/** The options of one run. */
export const RUN_OPTIONS = Object.keys(runSchema.shape);

export type Settings = z.output<typeof schema>;

/** The options, checked and with their defaults. @throws INVALID_OPTIONS */
export function readOptions(options: ComfyApiOptions): Settings {
  return parseOptions(PART, schema, options);
}

/** The settings of one run. @throws INVALID_OPTIONS */
export function settingsOfRun(settings: Settings, own: unknown): Settings {
  const { previewOutputs = settings.previewOutputs } = parseOptions(PART, runSchema, own ?? {});
  return { ...settings, previewOutputs };
}

/** The service's address: the option, else COMFY_BASE_URL as it is now, else Comfy Cloud. */
export function baseUrlOf({ baseUrl }: Settings): string {
  return baseUrl?.trim() || environment('COMFY_BASE_URL') || CLOUD;
}

/** Whether the executor offers `inventory`. Depends on the options only; asks no server. */
export function hasInventory({ inventory, baseUrl }: Settings): boolean {
  if (inventory !== undefined || baseUrl === undefined) return inventory ?? true;
  return URL.canParse(baseUrl) && new URL(baseUrl).origin === CLOUD;
}

/**
 * The API key to send to the service's address, if there is one. @throws MISSING_SETTING where Comfy's own hosts
 * would get none
 */
export function keyOf(settings: Settings): string | undefined {
  const { apiKey } = settings;
  const url = baseUrlOf(settings);
  const own = URL.canParse(url) && OWN_HOST.test(new URL(url).hostname);
  if (!own) return apiKey?.trim() || undefined;
  return loadSetting({ part: PART, option: 'apiKey', value: apiKey, env: 'COMFY_API_KEY' });
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name]?.trim() || undefined;
}
