import { loadSetting, type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

/** How to reach Comfy API v2. */
export interface ComfyApiOptions {
  /**
   * Falls back to `COMFY_API_KEY`, read when it is first used, on Comfy's own hosts: a server of your own gets
   * the key that you give here and no other.
   */
  apiKey?: string | undefined;
  /** With the path that the API is mounted under. Default: `COMFY_BASE_URL`, else `https://cloud.comfy.org`. */
  baseUrl?: string | undefined;
  /** For nodes of Comfy's partners: goes along with each job, is kept by nobody. */
  comfyOrgApiKey?: string | undefined;
  /** Gives images of PreviewImage too where a job has others. Default false. */
  previewOutputs?: boolean | undefined;
  /**
   * Whether it lists what it can run. Version 2 of the API has no such call; Comfy Cloud still answers the older one.
   * Default: true where `baseUrl` is Comfy Cloud or not given.
   */
  inventory?: boolean | undefined;
  /** How long the service may take to accept a job, in milliseconds. Default 60,000. */
  submitTimeoutMs?: number | undefined;
  /** How long one download may take, in milliseconds. Default 120,000. */
  downloadTimeoutMs?: number | undefined;
  /** The largest file that is fetched, in bytes. Default 512 MiB. */
  maxBytes?: number | undefined;
  /** In place of the platform's own, for proxies and tests. */
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

export type Settings = z.output<typeof schema>;

/** The options, checked. @throws INVALID_OPTIONS */
export function readOptions(options: ComfyApiOptions): Settings {
  return parseOptions(PART, schema, options);
}

/** The settings of one run. @throws INVALID_OPTIONS */
export function settingsOfRun(settings: Settings, own: unknown): Settings {
  const { previewOutputs = settings.previewOutputs } = parseOptions(PART, runSchema, own ?? {});
  return { ...settings, previewOutputs };
}

/** Where the service is, read now. */
export function baseUrlOf({ baseUrl }: Settings): string {
  return baseUrl?.trim() || environment('COMFY_BASE_URL') || CLOUD;
}

/** Whether the executor is made for a surface that lists what it can run. Looks at options only. */
export function hasInventory({ inventory, baseUrl }: Settings): boolean {
  if (inventory !== undefined || baseUrl === undefined) return inventory ?? true;
  return URL.canParse(baseUrl) && new URL(baseUrl).origin === CLOUD;
}

/** The key for that address, if there is one. @throws MISSING_SETTING where Comfy's own hosts would get none */
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
