import {
  createForwardGate,
  fromBase64,
  type HttpClient,
  readServerEvents,
  type ServerEvent,
  stateOf,
  watchByPolling,
} from 'comfygen/http';
import {
  type CallContext,
  ComfygenError,
  type JobEvent,
  type JobRef,
  type JobSnapshot,
} from 'comfygen/plugin';
import { z } from 'zod';
import { outputSchema, progressSchema } from './job.ts';
import { jobUrl } from './job-links.ts';
import { readOutput, readProgress, STATES } from './read-job.ts';

const POLLING = { intervalMs: 1_000, maxIntervalMs: 5_000 };
/** A waiting job may have nothing to tell for long, and whoever needs the truth looks at the job. */
const SILENCE_MS = 600_000;

/**
 * A job's events: from the service's event stream, or by polling the job where the stream is not offered or ends
 * early.
 */
export async function* watchJob(
  http: HttpClient,
  ref: JobRef,
  look: () => Promise<JobSnapshot>,
  ctx: CallContext,
): AsyncGenerator<JobEvent> {
  ctx.signal.throwIfAborted();
  const gate = createForwardGate();
  try {
    for await (const event of pushedEvents(http, ref, ctx)) if (gate.pass(event)) yield event;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!ComfygenError.is(error)) throw error;
    ctx.log.debug('no events, polling instead', { job: ref.id, code: error.code });
  }
  if (gate.over) return;
  for await (const event of watchByPolling(look, POLLING, ctx)) if (gate.pass(event)) yield event;
}

async function* pushedEvents(
  http: HttpClient,
  ref: JobRef,
  ctx: CallContext,
): AsyncGenerator<JobEvent> {
  const headers = { accept: 'text/event-stream' };
  const pieces = http.stream(jobUrl(http, ref, 'events'), ctx, { headers, silenceMs: SILENCE_MS });
  let outputs = 0;
  for await (const pushed of readServerEvents(pieces)) {
    const event = readEvent(pushed, outputs);
    if (event?.type === 'output') outputs += 1;
    if (event) yield event;
  }
}

const statusSchema = z.object({ status: z.string() });
const previewSchema = z.object({
  node_id: z.string().nullish(),
  content_type: z.string().catch('image/jpeg'),
  data_base64: z.string(),
});

/** What a pushed event says; `undefined` for what is not known or not whole: it was a hint. */
function readEvent({ event, data }: ServerEvent, outputs: number): JobEvent | undefined {
  const value = parse(data);
  if (event === 'status') {
    const read = statusSchema.safeParse(value);
    const state = read.success ? stateOf(read.data.status, STATES) : undefined;
    return state && { type: 'state', state };
  }
  if (event === 'progress') {
    const read = progressSchema.safeParse(value);
    return read.success ? { type: 'progress', progress: readProgress(read.data) } : undefined;
  }
  if (event === 'output') {
    const read = outputSchema.safeParse(value);
    return read.success ? { type: 'output', output: readOutput(read.data, outputs) } : undefined;
  }
  if (event !== 'preview') return undefined;
  const read = previewSchema.safeParse(value);
  const bytes = read.success ? fromBase64(read.data.data_base64) : undefined;
  if (!read.success || bytes === undefined) return undefined;
  const { node_id, content_type: mediaType } = read.data;
  return { type: 'preview', bytes, mediaType, ...(node_id && { nodeId: node_id }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
