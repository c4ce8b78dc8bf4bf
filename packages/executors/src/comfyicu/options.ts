import { type JsonObject, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

/** The part that errors name. */
export const PART = { role: 'executor', name: 'comfyicu' } as const;

/** Options of `comfyicu`. */
export interface ComfyicuOptions {
  /** The API key. Default: the environment variable COMFYICU_API_KEY, read at the first call. */
  apiKey?: string | undefined;
  /**
   * A workflow that was made in the service's web editor: part of each address. The graph is sent whole with each
   * run, so one serves them all. Default: the environment variable COMFYICU_WORKFLOW_ID.
   */
  workflowId?: string | undefined;
  /**
   * The GPU to run on: `T4`, `L4`, `A10`, `L40S`, `A100_40GB`, `A100_80GB`, `H100`, or a newer one. Default: the
   * service's.
   */
  accelerator?: string | undefined;
  /**
   * Files that the worker downloads first: from a path inside ComfyUI, `/input/fox.png` or
   * `/models/loras/style.safetensors`, to a public URL. The way to bring pictures and missing weights. Default: none.
   */
  files?: { [path: string]: string } | undefined;
  /**
   * The service calls this URL as a run starts and ends. Calls are not signed: put a token that nobody can guess
   * into the URL, and check it. `parseWebhook` reads no more from a call than that it is time to look.
   */
  webhook?: string | undefined;
  /** How long the service may take to accept a run, in milliseconds. Default: 60,000. */
  submitTimeoutMs?: number | undefined;
  /** The address of the API. Default: `https://comfy.icu/api/v1`. */
  baseUrl?: string | undefined;
  /** The `fetch` to use instead of the platform's own, for proxies and tests. */
  fetch?: typeof fetch | undefined;
}

const perRun = {
  accelerator: z.string().min(1).optional(),
  files: z
    .record(
      z.string().regex(/^\/(input|models)\/[^\\]+$/, 'must be a path below /input or /models'),
      z.url({ protocol: /^https?$/ }),
    )
    .optional(),
};
/** The options of one run. */
export const RUN_OPTIONS = Object.keys(perRun);

const schema = z.strictObject({
  ...perRun,
  apiKey: z.string().optional(),
  workflowId: z.string().optional(),
  webhook: z.url({ protocol: /^https?$/ }).optional(),
  submitTimeoutMs: z.int().min(1).optional(),
  baseUrl: z.string().default('https://comfy.icu/api/v1'),
  fetch: z.custom<typeof fetch>((value) => typeof value === 'function', 'must be fetch').optional(),
});

/** Options with their defaults. */
export type Settings = z.infer<typeof schema>;

/** The options with their defaults. @throws INVALID_OPTIONS naming each wrong or unknown key */
export function readOptions(options: ComfyicuOptions): Settings {
  return parseOptions(PART, schema, options);
}

/** The settings of one run: `accelerator` and `files` may come with the brief; files add to those of the factory. */
export function settingsOfRun(settings: Settings, given: JsonObject | undefined): Settings {
  const own = parseOptions(PART, z.strictObject(perRun), given ?? {});
  const files = { ...settings.files, ...own.files };
  return { ...settings, ...own, ...(Object.keys(files).length > 0 && { files }) };
}
