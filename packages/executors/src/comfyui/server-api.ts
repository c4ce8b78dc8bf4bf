import { type Answer, excerpt, type HttpClient, type HttpRequest } from 'comfygen/http';
import { type CallContext, ComfygenError, isObject, type PartRef } from 'comfygen/plugin';
import { z } from 'zod';

/**
 * Where a job is on the server: waiting (`ahead`: jobs before it), running, or ended; `undefined` where it knows
 * none.
 */
export type Whereabouts =
  | { at: 'pending'; ahead: number | undefined }
  | { at: 'running' }
  | { at: 'history'; end: JobEnd }
  | undefined;

/** Ids of the jobs in a server's queue; `pending` in the order in which they will run. */
export interface Queue {
  running: string[];
  pending: string[];
}

/** The calls that ask a server about jobs. */
export interface ServerApi {
  /** The JSON of a GET, checked by a schema. @throws PROTOCOL where it does not fit */
  read<T>(path: string, schema: z.ZodType<T>, ctx: CallContext, request?: HttpRequest): Promise<T>;
  check<T>(answer: Answer, schema: z.ZodType<T>, where: string): T;
  /** How a job ended; `undefined` for a job that has not ended or that the server does not know. */
  history(id: string, ctx: CallContext): Promise<JobEnd | undefined>;
  queue(ctx: CallContext): Promise<Queue>;
  /** Where one job is, by `/api/jobs` where the server has it, else by history and queue. */
  find(id: string, ctx: CallContext): Promise<Whereabouts>;
  /** Looks again for a job that was not found: in another way, or a moment later. */
  findAgain(id: string, ctx: CallContext): Promise<Whereabouts>;
  /** A text of the server's without secrets. */
  hide(text: string): string;
  /** Asks the server to stop one job, by its id. `true` does not prove that the job existed or has stopped. */
  cancel(id: string, ctx: CallContext): Promise<boolean>;
}

/** A job moves from queue to history at once, but two requests may fall on both sides of that. */
const SECOND_LOOK_MS = 1_000;

/** Makes the calls for one server. Which calls the server lacks is learned from its first refusal, and remembered. */
export function createServerApi(http: HttpClient, part: PartRef, timeoutMs: number): ServerApi {
  let listsJobs = true;
  let cancelsJobs = true;

  const check: ServerApi['check'] = (answer, schema, where) => {
    const parsed = schema.safeParse(answer.json());
    if (parsed.success) return parsed.data;
    const why = `${where} answered what we don't understand: ${excerpt(z.prettifyError(parsed.error))}`;
    throw new ComfygenError('PROTOCOL', http.hide(why), { part });
  };
  const read: ServerApi['read'] = async (path, schema, ctx, request = {}) =>
    check(await http.send(path, ctx, { timeoutMs, ...request }), schema, `GET ${path}`);

  const api: ServerApi = {
    read,
    check,
    hide: http.hide,
    async history(id, ctx) {
      return (await read(`api/history/${encodeURIComponent(id)}`, historySchema, ctx))[id];
    },
    async queue(ctx) {
      const found = await read('api/queue', queueSchema, ctx);
      const inOrder = found.queue_pending.toSorted(([a], [b]) => a - b);
      return {
        running: found.queue_running.map(([, id]) => id),
        pending: inOrder.map(([, id]) => id),
      };
    },
    async find(id, ctx) {
      if (!listsJobs) return search(id, ctx);
      const path = `api/jobs/${encodeURIComponent(id)}`;
      const answer = await http.send(path, ctx, { timeoutMs, accept: [404, 405] });
      if (answer.status < 300) {
        const found = readJob(check(answer, jobSchema, `GET ${path}`));
        if (found?.at !== 'pending') return found;
        // This call has no place in the queue, and a queue too large to read has none for us.
        const queue = await api.queue(ctx).catch(unlessUnreadable);
        return (queue && whereIn(queue, id)) ?? found;
      }
      // A server that has the route says so in JSON.
      if (answer.status === 404 && isJson(answer)) return undefined;
      listsJobs = false;
      return search(id, ctx);
    },
    async findAgain(id, ctx) {
      if (listsJobs) {
        const end = await api.history(id, ctx);
        return end && { at: 'history', end };
      }
      await ctx.clock.sleep(SECOND_LOOK_MS, ctx.signal);
      return search(id, ctx);
    },
    async cancel(id, ctx) {
      if (cancelsJobs) {
        const path = `api/jobs/${encodeURIComponent(id)}/cancel`;
        const answer = await http.send(path, ctx, {
          method: 'POST',
          timeoutMs,
          accept: [404, 405],
        });
        if (answer.status < 300) return check(answer, cancelSchema, `POST ${path}`).cancelled;
        cancelsJobs = false;
      }
      const stop = (path: string, json: unknown) =>
        http.send(path, ctx, { method: 'POST', timeoutMs, json });
      // First out of the queue: between the two it may have started.
      await stop('api/queue', { delete: [id] });
      await stop('api/interrupt', { prompt_id: id });
      return true;
    },
  };

  async function search(id: string, ctx: CallContext): Promise<Whereabouts> {
    const ended = await api.history(id, ctx);
    if (ended) return { at: 'history', end: ended };
    const found = whereIn(await api.queue(ctx), id);
    if (found) return found;
    // It may have moved between the two.
    const end = await api.history(id, ctx);
    return end && { at: 'history', end };
  }
  return api;
}

/** `undefined` for an answer that can't be read now or later; what may pass is rethrown. */
export function unlessUnreadable(error: unknown): undefined {
  if (ComfygenError.is(error, 'PAYLOAD_TOO_LARGE') || ComfygenError.is(error, 'PROTOCOL')) return;
  throw error;
}

/** Where a job is in a queue. */
export function whereIn({ running, pending }: Queue, id: string): Whereabouts {
  if (running.includes(id)) return { at: 'running' };
  const place = pending.indexOf(id);
  return place < 0 ? undefined : { at: 'pending', ahead: place + running.length };
}

function readJob({ status, outputs, execution_status }: z.output<typeof jobSchema>): Whereabouts {
  if (status === 'pending') return { at: 'pending', ahead: undefined };
  const ended = ['completed', 'failed', 'cancelled'].includes(status) || execution_status;
  return ended ? { at: 'history', end: { outputs, status: execution_status } } : { at: 'running' };
}

function isJson(answer: Answer): boolean {
  return /json/.test(answer.headers.get('content-type') ?? '');
}

// Loose on purpose: only what is read, so that a newer server does no harm.

/** The answer to `POST /prompt` that took the job. */
export const acceptedSchema = z.looseObject({
  prompt_id: z.string(),
  node_errors: z.record(z.string(), z.unknown()).nullish(),
});

// Large lists are not looked through item by item: each reader checks the few that it reads.
const listSchema = z.custom<unknown[]>(Array.isArray, 'must be a list');
const objectSchema = z.custom<Record<string, unknown>>(
  (value) => isObject(value) && !Array.isArray(value),
  'must be an object',
);

/** The end of a job, in the form that the history and `/api/jobs/{id}` share. */
const endSchema = z.looseObject({
  outputs: objectSchema.nullish(),
  status: z
    .looseObject({
      status_str: z.string().nullish(),
      completed: z.boolean().nullish(),
      messages: listSchema.nullish(),
    })
    .nullish(),
});

const historySchema = z.record(z.string(), endSchema);

/** An item of the queue; only its number and its id are read. */
const itemSchema = z.tuple([z.number(), z.string()]).rest(z.unknown());

const queueSchema = z.looseObject({
  queue_running: z.array(itemSchema),
  queue_pending: z.array(itemSchema),
});

const jobSchema = z.looseObject({
  status: z.string(),
  outputs: endSchema.shape.outputs,
  execution_status: endSchema.shape.status,
});

const cancelSchema = z.looseObject({ cancelled: z.boolean() });

export const uploadSchema = z.looseObject({ name: z.string(), subfolder: z.string().nullish() });

export const infoSchema = z.custom<Record<string, object>>(
  (value) => isObject(value) && !Array.isArray(value) && Object.values(value).every(isObject),
  'must be an object of objects',
);

export const namesSchema = z.custom<string[]>(
  (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  'must be a list of texts',
);

export const statsSchema = z.looseObject({
  system: z.looseObject({ comfyui_version: z.string().nullish() }),
});

/** How a job ended: its outputs and its status. */
export type JobEnd = z.output<typeof endSchema>;

/**
 * JSON as Python writes it: `NaN` and `Infinity`, which custom nodes put into their limits, become `null`.
 * Throws a SyntaxError for what is no JSON either way.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
        token.startsWith('"') ? token : 'null',
      ),
    );
  }
}
