import { z } from 'zod';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { isTerminal } from '../jobs/job-state.ts';
import type { JobEntry, JobRef, JobState } from '../spec/index.ts';
import { isBytes } from '../util/plain-copy.ts';
import { readAs } from '../util/read-as.ts';
import { untilAborted } from '../util/settle.ts';
import type { Settings } from './options.ts';
import { readAnswer, readEntry } from './read-answers.ts';
import { type RunContext, wrapFailure } from './run-context.ts';
import { inTime } from './time-limits.ts';

/** A service's call: a Web `Request`, or its headers and its body as it came, not parsed and written anew. */
export type WebhookRequest =
  | Request
  | {
      headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
      body: string | Uint8Array;
    };

/** What became of a service's call. */
export type WebhookResult =
  | {
      known: true;
      runId: string;
      planId: string;
      /** The job's state now. */
      state: JobState;
    }
  /** No job of that kind is kept: to be answered with 404, so that the service calls again. */
  | { known: false; runId?: undefined; planId?: undefined; state?: undefined };

/** Checks a service's call and settles the job that it is about. @throws INVALID_OPTIONS, what `parseWebhook` throws */
export async function takeWebhook(
  settings: Settings,
  given: { executor: string; request: WebhookRequest },
  run: RunContext,
): Promise<WebhookResult> {
  const { call } = run;
  const executor = settings.executors.find(({ name }) => name === given.executor);
  if (!executor?.parseWebhook) {
    const able = settings.executors.filter((one) => one.parseWebhook).map(({ name }) => name);
    throw new ComfygenError(
      'INVALID_OPTIONS',
      `No executor "${String(given.executor).slice(0, 100)}" that reads webhooks is plugged in; these do: ${able.join(', ') || 'none'}.`,
      { details: { executors: able } },
    );
  }
  const part = { role: 'executor', name: executor.name } as const;
  const request = await readRequest(given.request);
  const ask = async <T>(work: () => T | PromiseLike<T>) => {
    try {
      return await untilAborted(call.signal, work);
    } catch (error) {
      throw wrapFailure(error, part, call.signal);
    }
  };
  const told = await ask(() => executor.parseWebhook!(request, call));
  const { id } = readAnswer('ref', told?.ref, part);
  // Only what is signed has a snapshot: the rest is looked at.
  const stateOf = async (ref: JobRef) => {
    const snapshot = told.snapshot ?? (await ask(() => executor.inspect(ref, call)));
    return readAnswer('snapshot', snapshot, part).state;
  };
  const isIt = (ref: JobRef | undefined) => ref?.id === id && ref.executor === executor.name;

  const awaited = [...run.waiting].filter(({ ref }) => isIt(ref));
  for (const { wake } of awaited) wake();
  const [first] = awaited;
  if (first) {
    run.runId = first.runId;
    const { runId, planId, ref } = first;
    return { known: true, runId, planId, state: await stateOf(ref) };
  }
  const { jobs } = settings;
  const limit = { limitMs: run.timeouts.storeMs };
  const find = async () => {
    for await (const entry of jobs.list()) if (isIt(entry?.ref)) return entry;
    return undefined;
  };
  const found = await inTime(call, limit, find);
  if (!found) return { known: false };
  const entry = readEntry(found, 'store');
  const { runId, planId, ref } = entry;
  run.runId = runId;
  if (isTerminal(entry)) return { known: true, runId, planId, state: entry.state };
  const state = await stateOf(ref);
  // A run of another process may have kept its end meanwhile.
  const now = (await inTime(call, limit, () => jobs.get(planId))) ?? entry;
  const kept: JobEntry = isTerminal(now) ? now : { ...readEntry(now, 'store'), state };
  if (kept.state !== now.state) await inTime(call, limit, () => jobs.put(kept));
  return { known: true, runId, planId, state: kept.state };
}

const text = z.union([
  z.string(),
  z.custom<Uint8Array>(isBytes).transform((bytes) => new TextDecoder().decode(bytes)),
]);
const headers = z
  .union([
    z.instanceof(Headers).transform((given) => Object.fromEntries(given)),
    z.record(z.string(), z.union([z.string(), z.array(z.string()), z.undefined()])),
  ])
  .transform((given) => {
    const named = Object.entries(given).filter(([, value]) => value !== undefined);
    return Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), String(value)]));
  });
const pieces = z.object(
  { headers, body: text },
  { error: 'must be a Request, or an object with headers and body' },
);

async function readRequest(given: WebhookRequest) {
  const what = { what: 'The webhook call', code: 'INVALID_OPTIONS', noun: 'field' } as const;
  if (!(given instanceof Request)) return readAs(pieces, given, what);
  try {
    return { headers: Object.fromEntries(given.headers), body: await given.text() };
  } catch (cause) {
    const message = 'The body of the webhook call can’t be read; was it read before?';
    throw new ComfygenError('INVALID_OPTIONS', message, { cause });
  }
}
