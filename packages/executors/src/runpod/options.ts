import { type JsonObject, loadSetting, type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

/** How to reach worker-comfyui on a serverless endpoint of RunPod. */
export interface RunpodOptions {
  /** Falls back to `RUNPOD_API_KEY`, read when it is first used. */
  apiKey?: string | undefined;
  /** Falls back to `RUNPOD_ENDPOINT_ID`. A job goes on at the endpoint on which it was submitted. */
  endpointId?: string | undefined;
  /** Default: `https://api.runpod.ai/v2`. */
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
  /** Such a job starts no new worker. Default false. */
  lowPriority?: boolean | undefined;
  /** Called when a job is over. Calls are not signed: put a token that nobody can guess into it. */
  webhookUrl?: string | undefined;
  /** For nodes of Comfy's partners: goes along with each job. */
  comfyOrgApiKey?: string | undefined;
  /** How long the service may take to accept a job, in milliseconds. Default 60,000. */
  submitTimeoutMs?: number | undefined;
  /**
   * How long a look at a job or one download may take, in milliseconds: pictures come with the job. Default 120,000.
   */
  downloadTimeoutMs?: number | undefined;
  /** The largest answer or file that is read, in bytes. Default 64 MiB. */
  maxBytes?: number | undefined;
  /** In place of the platform's own, for proxies and tests. */
  fetch?: typeof fetch | undefined;
}

export const PART: PartRef = { role: 'executor', name: 'runpod' };

/** How long the service keeps the result of a job. */
export const RESULT_KEPT_MS = 30 * 60_000;
/** The service's own life of a job. */
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

/** @throws INVALID_OPTIONS naming each wrong or unknown key */
export function readOptions(options: RunpodOptions): Settings {
  return parseOptions(PART, schema, options);
}

/** The settings of one run: `executionTimeoutMs`, `ttlMs` and `lowPriority` may come with the brief. */
export function settingsOfRun(settings: Settings, given: JsonObject | undefined): Settings {
  return { ...settings, ...parseOptions(PART, z.strictObject(perRun), given ?? {}) };
}

/** @throws MISSING_SETTING */
export function keyOf({ apiKey }: Settings): string {
  return loadSetting({ part: PART, option: 'apiKey', value: apiKey, env: 'RUNPOD_API_KEY' });
}

/** @throws MISSING_SETTING */
export function endpointOf({ endpointId }: Settings): string {
  const env = 'RUNPOD_ENDPOINT_ID';
  return loadSetting({ part: PART, option: 'endpointId', value: endpointId, env });
}
