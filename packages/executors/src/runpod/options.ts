import { type JsonObject, loadSetting, type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

/** Options of `runpod`: how to reach worker-comfyui on a serverless endpoint. */
export interface RunpodOptions {
  /** The API key. Default: the environment variable RUNPOD_API_KEY, read when it is first used. */
  apiKey?: string | undefined;
  /**
   * The endpoint's id. Default: the environment variable RUNPOD_ENDPOINT_ID. A job stays on the endpoint on which it
   * was submitted.
   */
  endpointId?: string | undefined;
  /** The address of the API. Default: `https://api.runpod.ai/v2`. */
  baseUrl?: string | undefined;
  /**
   * The service stops a job that runs longer, in milliseconds, at least 5,000; it fails with SERVER_DEADLINE.
   * Default: the endpoint's, which is ten minutes at first.
   */
  executionTimeoutMs?: number | undefined;
  /**
   * The service forgets a job this long after its submit, in milliseconds, even one that runs; 10,000 to 7 days.
   * Default: 24 hours.
   */
  ttlMs?: number | undefined;
  /** Whether jobs wait for a running worker instead of starting a new one. Default false. */
  lowPriority?: boolean | undefined;
  /**
   * An address that the service calls when a job is over. Calls are not signed: put a token into it that nobody can
   * guess.
   */
  webhookUrl?: string | undefined;
  /** A comfy.org API key, for nodes that call Comfy's partners. It is sent with each job. Default: none. */
  comfyOrgApiKey?: string | undefined;
  /** How long the service may take to accept a job, in milliseconds. Default 60,000. */
  submitTimeoutMs?: number | undefined;
  /**
   * How long a status request or a download may take, in milliseconds; pictures come with the status. Default
   * 120,000.
   */
  downloadTimeoutMs?: number | undefined;
  /** The largest answer or file that is read, in bytes. Default 64 MiB. */
  maxBytes?: number | undefined;
  /** The `fetch` to use instead of the platform's own, for proxies and tests. */
  fetch?: typeof fetch | undefined;
}

export const PART: PartRef = { role: 'executor', name: 'runpod' };

/** How long the service keeps the result of a job, in milliseconds. */
export const RESULT_KEPT_MS = 30 * 60_000;
/** How long the service keeps a job from its submit where nothing else is set, in milliseconds. */
export const DEFAULT_TTL_MS = 24 * 3_600_000;

const perRun = {
  executionTimeoutMs: z.int().min(5_000).optional(),
  ttlMs: z
    .int()
    .min(10_000)
    .max(7 * 24 * 3_600_000)
    .optional(),
  lowPriority: z.boolean().optional(),
};
/** The options of one run. */
export const RUN_OPTIONS = Object.keys(perRun);
const schema = z.strictObject({
  ...perRun,
  apiKey: z.string().optional(),
  endpointId: z.string().optional(),
  baseUrl: z.string().default('https://api.runpod.ai/v2'),
  webhookUrl: z.url({ protocol: /^https?$/ }).optional(),
  comfyOrgApiKey: z.string().optional(),
  submitTimeoutMs: z.int().min(1).optional(),
  downloadTimeoutMs: z.int().min(1).default(120_000),
  maxBytes: z
    .int()
    .min(1)
    .default(64 * 1024 * 1024),
  fetch: z.custom<typeof fetch>((value) => typeof value === 'function', 'must be fetch').optional(),
});

/** Options with their defaults. */
export type Settings = z.output<typeof schema>;

/** The options with their defaults. @throws INVALID_OPTIONS naming each wrong or unknown key */
export function readOptions(options: RunpodOptions): Settings {
  return parseOptions(PART, schema, options);
}

/** The settings of one run: `executionTimeoutMs`, `ttlMs` and `lowPriority` may come with the brief. */
export function settingsOfRun(settings: Settings, given: JsonObject | undefined): Settings {
  return { ...settings, ...parseOptions(PART, z.strictObject(perRun), given ?? {}) };
}

/** The API key, from the option or the environment. @throws MISSING_SETTING */
export function keyOf({ apiKey }: Settings): string {
  return loadSetting({ part: PART, option: 'apiKey', value: apiKey, env: 'RUNPOD_API_KEY' });
}

/** The endpoint's id, from the option or the environment. @throws MISSING_SETTING */
export function endpointOf({ endpointId }: Settings): string {
  const env = 'RUNPOD_ENDPOINT_ID';
  return loadSetting({ part: PART, option: 'endpointId', value: endpointId, env });
}
