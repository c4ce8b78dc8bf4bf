import { ComfygenError, type JsonObject, loadSetting, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';
import type { OpenSocket } from './connection.ts';

/** Options of `comfyui`. */
export interface ComfyuiOptions {
  /**
   * The server's address; a path is kept, `user:password@` becomes basic authorization, and what follows `?`, such as a
   * proxy's token, goes with each request and with the socket. Default: the environment variable COMFYUI_URL, else
   * `http://127.0.0.1:8188`.
   */
  url?: string | undefined;
  /**
   * The executor's name, in lower-kebab-case: references and options of a run go by it, so two servers in one app
   * need two. Default `comfyui`.
   */
  name?: string | undefined;
  /**
   * Headers for each request and, outside browsers, for the socket: keys for a proxy. A function is called each time.
   */
  headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>) | undefined;
  /** The `fetch` to use instead of the platform's own, for proxies and tests. */
  fetch?: typeof fetch | undefined;
  /**
   * Opens the WebSocket, instead of the platform's own. `false`: polls and opens none, for proxies that let none
   * through.
   */
  webSocket?: OpenSocket | false | undefined;
  /** A comfy.org API key, for nodes that call Comfy's partners. It is sent with each job. Default: none. */
  comfyOrgApiKey?: string | undefined;
  /** Previews that jobs ask for. Default: what the server is set to, which is `none` for most. */
  previews?: 'auto' | 'latent2rgb' | 'taesd' | 'none' | undefined;
  /** How long a read may take, in milliseconds. Default 30,000. */
  timeoutMs?: number | undefined;
  /** How long the server may take to accept a job, in milliseconds. Default 60,000. */
  submitTimeoutMs?: number | undefined;
  /**
   * How long a job is looked for by its id where its submit got no answer, in milliseconds. Then it counts as lost and
   * may be run again. Default 10,000.
   */
  lostAfterMs?: number | undefined;
  /**
   * The largest answer that is read of a server, in bytes; a larger one is PAYLOAD_TOO_LARGE. The list of its node
   * classes may be four times as large. Default 64 MiB.
   */
  maxAnswerBytes?: number | undefined;
  /**
   * The largest message of the socket, in bytes. A larger one ends the connection, with the warning `socket-flooded`,
   * and the jobs are polled. Default 64 MiB.
   */
  maxFrameBytes?: number | undefined;
  /** How long the lists of node classes and model files are kept, in milliseconds. Default 60,000; 0 asks each time. */
  inventoryTtlMs?: number | undefined;
  /**
   * How long a running job may be silent, or the queue before ours stand still, before the server counts as hung, in
   * milliseconds. Its open jobs then fail with SERVER_WEDGED. Default 600,000.
   */
  wedgedAfterMs?: number | undefined;
}

const PART = { role: 'executor', name: 'comfyui' } as const;
const ENV = 'COMFYUI_URL';
const MIB = 1024 * 1024;
const DEFAULT_URL = 'http://127.0.0.1:8188';

const isFunction = (value: unknown) => typeof value === 'function';
const schema = z.strictObject({
  url: z.string().optional(),
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-kebab-case')
    .default('comfyui'),
  headers: z
    .union([
      z.record(z.string(), z.string()),
      z.custom<() => Record<string, string>>(isFunction, 'must be an object or a function'),
    ])
    .default({}),
  fetch: z.custom<typeof fetch>(isFunction, 'must be a function').optional(),
  webSocket: z
    .union([z.literal(false), z.custom<OpenSocket>(isFunction, 'must be a function or false')])
    .optional(),
  comfyOrgApiKey: z.string().min(1).optional(),
  previews: z.enum(['auto', 'latent2rgb', 'taesd', 'none']).optional(),
  timeoutMs: z.number().positive().default(30_000),
  submitTimeoutMs: z.number().positive().optional(),
  lostAfterMs: z.number().min(0).default(10_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(64 * MIB),
  maxFrameBytes: z
    .int()
    .positive()
    .default(64 * MIB),
  inventoryTtlMs: z.number().min(0).default(60_000),
  wedgedAfterMs: z.number().positive().default(600_000),
});

const runSchema = z.strictObject({
  previews: z.enum(['auto', 'latent2rgb', 'taesd', 'none']).optional(),
  front: z.boolean().optional(),
});
/** The options of one run. */
export const RUN_OPTIONS = Object.keys(runSchema.shape);

/** The options with their defaults. */
export type Settings = z.output<typeof schema>;

/** The options with their defaults. Throws INVALID_OPTIONS. */
export function readOptions(options: ComfyuiOptions): Settings {
  return parseOptions(PART, schema, options);
}

/** The options of one run, given in `brief.options` under the executor's name. Throws INVALID_OPTIONS. */
export function readRunOptions(options: JsonObject | undefined): z.output<typeof runSchema> {
  return parseOptions(PART, runSchema, options ?? {});
}

/** The server's address: option, environment, default. */
export function readUrl(url: string | undefined): string {
  try {
    return loadSetting({ part: PART, option: 'url', value: url, env: ENV });
  } catch (error) {
    if (ComfygenError.is(error, 'MISSING_SETTING')) return DEFAULT_URL;
    throw error;
  }
}
