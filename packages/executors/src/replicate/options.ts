import { type JsonObject, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';

/** The part that errors name. */
export const PART = { role: 'executor', name: 'replicate' } as const;

/** Options of `replicate`. */
export interface ReplicateOptions {
  /** The API token. Default: the environment variable REPLICATE_API_TOKEN, read at the first call. */
  token?: string | undefined;
  /**
   * The model's version: 64 hex digits, alone or after `owner/name:`. Pin one: each new version may change nodes.
   * Default: the model's newest when it is first used, which every job then says as a warning.
   */
  version?: string | undefined;
  /** `owner/name` of the model: it must have the inputs of `comfyui/any-comfyui-workflow`, which is the default. */
  model?: string | undefined;
  /**
   * `owner/name` of a private deployment to run on. It has a version of its own; `version` and `model` are then
   * ignored.
   */
  deployment?: string | undefined;
  /** Whether files of PreviewImage and of preprocessors are given too. Default: false. */
  tempFiles?: boolean | undefined;
  /** URL of a picture, tar or zip whose content the graph finds in its input folder. Default: none. */
  inputFile?: string | undefined;
  /**
   * The service stops a job that is not over after this long, in milliseconds, whole seconds, at least 5,000;
   * what ran is billed. Such a job fails with SERVER_DEADLINE. Default: never.
   */
  cancelAfterMs?: number | undefined;
  /**
   * The weights that the model knows, by group: the content of its `weights.json`. With it a graph that needs
   * another file is refused before it is submitted, and the executor has an inventory. Default: unknown.
   */
  weights?: { [group: string]: string[] } | undefined;
  /** Has the service call this address as jobs go on. Hand the calls to `parseWebhook`. Default: none. */
  webhook?:
    | {
        url: string;
        /** Which events the service calls for. Default: `start` and `completed`. */
        events?: ('start' | 'output' | 'logs' | 'completed')[] | undefined;
        /**
         * The key that signs the calls, `whsec_…`. Default: the environment variable
         * REPLICATE_WEBHOOK_SIGNING_SECRET, else the account's own, asked for once.
         */
        secret?: string | undefined;
      }
    | undefined;
  /** How long the service may take to accept a job, in milliseconds. Default: 60,000. */
  submitTimeoutMs?: number | undefined;
  /** The address of the API. Default: `https://api.replicate.com/v1`. */
  baseUrl?: string | undefined;
  /** The `fetch` to use instead of the platform's own, for proxies and tests. */
  fetch?: typeof fetch | undefined;
}

const owned = /^[\w.-]+\/[\w.-]+$/;
const perRun = {
  version: z
    .string()
    .regex(/^([\w.-]+\/[\w.-]+:)?[0-9a-f]{64}$/i, 'must be 64 hex digits, or owner/name: and those')
    .optional(),
  tempFiles: z.boolean().optional(),
  inputFile: z.url({ protocol: /^https?$/ }).optional(),
  cancelAfterMs: z.int().min(5_000).multipleOf(1_000).optional(),
};
/** The options of one run. */
export const RUN_OPTIONS = Object.keys(perRun);

const schema = z.strictObject({
  ...perRun,
  token: z.string().optional(),
  model: z.string().regex(owned, 'must be owner/name').default('comfyui/any-comfyui-workflow'),
  deployment: z.string().regex(owned, 'must be owner/name').optional(),
  weights: z.record(z.string(), z.array(z.string())).optional(),
  webhook: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }),
      events: z
        .array(z.enum(['start', 'output', 'logs', 'completed']))
        .min(1)
        .default(['start', 'completed']),
      secret: z.string().optional(),
    })
    .optional(),
  submitTimeoutMs: z.int().min(1).optional(),
  baseUrl: z.string().default('https://api.replicate.com/v1'),
  fetch: z.custom<typeof fetch>((value) => typeof value === 'function', 'must be fetch').optional(),
});

/** Options with their defaults. */
export type Settings = z.infer<typeof schema>;

/** The options with their defaults. @throws INVALID_OPTIONS naming each wrong or unknown key */
export function readOptions(options: ReplicateOptions): Settings {
  return parseOptions(PART, schema, options);
}

/** The settings of one run: `version`, `tempFiles`, `inputFile` and `cancelAfterMs` may come with the brief. */
export function settingsOfRun(settings: Settings, given: JsonObject | undefined): Settings {
  const own = parseOptions(PART, z.strictObject(perRun), given ?? {});
  return { ...settings, ...own };
}
