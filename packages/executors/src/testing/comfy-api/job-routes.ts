import type { Clock } from 'comfygen/plugin';
import type { FakeReply, FakeRequest, FakeRoute } from 'comfygen/testing';
import { isUiWorkflow, type Workflow } from 'comfygen/workflow';
import { type Checks, judgePrompt, type Verdict } from '../comfyui/judge-prompt.ts';
import type { AssetStore } from './asset-store.ts';
import { envelope, isoDate } from './envelope.ts';
import { type ComfyApiTimeline, type FakeJob, isOver, type JobTable } from './job-table.ts';

interface JobRoutesOptions {
  table: JobTable;
  store: AssetStore;
  clock: Clock;
  checks: Omit<Checks, 'hasInput'>;
  timeline(workflow: Workflow, number: number): ComfyApiTimeline;
  retentionMs: number;
  maxQueue: number;
  /** Streams that may be open at once; 0 where none is offered. */
  maxStreams: number;
  /** What stands before `/api/v2` in links. */
  prefix(): string;
}

/** Submit, status, cancel and events of jobs. */
export function jobRoutes(options: JobRoutesOptions): Record<string, FakeRoute> {
  const { table, clock, retentionMs, maxStreams, prefix } = options;
  const keys = new Set<string>();
  let streams = 0;
  const show = (job: FakeJob) => jobJson(job, table, retentionMs, prefix());
  const on = (work: (job: FakeJob) => FakeReply): FakeRoute => {
    return ({ params }) => {
      const job = table.get(params['id']!);
      const kept = job && clock.now() < job.createdAt + retentionMs;
      return kept ? work(job) : envelope(404, 'not_found', 'No such job.');
    };
  };
  return {
    'POST /api/v2/jobs': (request) => {
      const key = request.headers['idempotency-key'];
      if (key !== undefined && keys.has(key))
        return envelope(422, 'idempotency_key_reuse', 'This Idempotency-Key was used before.');
      const reply = submit(request, options, show);
      // A key is released where surely no job was made.
      if (key !== undefined && reply.status === 201) keys.add(key);
      return reply;
    },
    'GET /api/v2/jobs/:id': on((job) => ({ json: show(job) })),
    'POST /api/v2/jobs/:id/cancel': on((job) => {
      table.cancel(job);
      return { json: show(job) };
    }),
    'GET /api/v2/jobs/:id/events': on((job) => {
      if (maxStreams === 0) return envelope(501, 'not_implemented', 'No live events here.');
      if (streams >= maxStreams) {
        const headers = { 'retry-after': '30' };
        return envelope(429, 'too_many_streams', 'Too many streams are open.', null, headers);
      }
      streams += 1;
      return {
        headers: { 'content-type': 'text/event-stream; charset=utf-8' },
        stream: (write, signal) =>
          tellEvents(job, table, write, signal).finally(() => {
            streams -= 1;
          }),
      };
    }),
  };
}

const KNOWN_FIELDS = new Set(['workflow', 'extra_data']);

function submit(
  request: FakeRequest,
  { table, store, checks, timeline, maxQueue }: JobRoutesOptions,
  show: (job: FakeJob) => unknown,
): FakeReply {
  const body = request.json() as { workflow?: unknown; extra_data?: Record<string, unknown> };
  const { workflow, extra_data = {} } = body;
  const bad = (message: string, details: Record<string, unknown> | null = null) =>
    envelope(422, 'invalid_workflow', message, details);
  const strange = Object.keys(body).find((name) => !KNOWN_FIELDS.has(name));
  const extra = Object.keys(extra_data).find((name) => name !== 'api_key_comfy_org');
  if (strange ?? extra) return bad(`${strange ?? extra} is not accepted.`);
  if (typeof workflow !== 'object' || workflow === null) return bad('workflow is required');
  if (isUiWorkflow(workflow))
    return envelope(422, 'workflow_format_ui', 'This is a workflow in UI format.');
  const graph = structuredClone(workflow) as Workflow;
  const staged = new Map<string, Uint8Array>();
  for (const { inputs } of Object.values(graph)) {
    for (const [name, value] of Object.entries(inputs ?? {})) {
      const id = assetId(value);
      if (id === undefined) continue;
      const asset = store.get(id);
      if (asset === undefined)
        return envelope(422, 'missing_asset', `There is no asset ${id} of yours.`);
      const file = asset.filePath ?? asset.id;
      inputs[name] = file;
      staged.set(file, asset.bytes);
    }
  }
  const hasInput = (name: string) => Object.values(graph).length > 0 && isStaged(workflow, name);
  const verdict = judgePrompt(graph, { ...checks, hasInput });
  const refusal = verdict && (verdict.error || Object.keys(verdict.node_errors).length > 0);
  if (verdict === undefined || refusal) return bad(...complaint(verdict));
  if (table.open >= maxQueue) {
    const headers = { 'retry-after': '15' };
    return envelope(429, 'queue_full', 'The queue is full.', null, headers);
  }
  return { status: 201, json: show(table.add(graph, timeline(graph, table.size), staged)) };
}

function assetId(value: unknown): string | undefined {
  const { __type, info } = (value ?? {}) as { __type?: unknown; info?: { id?: unknown } };
  if (__type !== 'core/ASSET') return undefined;
  return typeof info?.id === 'string' ? info.id : '(none)';
}

/** Input files are there where an asset stood; a bare name is one that nobody uploaded. */
function isStaged(given: object, name: string): boolean {
  const bare = Object.values(given as Workflow).flatMap(({ inputs }) => Object.values(inputs));
  return !bare.includes(name);
}

/** What is wrong, a line a node, in the API's own shape. */
function complaint(verdict: Verdict | undefined): [string, Record<string, unknown> | null] {
  if (verdict === undefined) return ['The graph can’t be read.', null];
  const { error, node_errors } = verdict;
  const reasons: Record<string, string> = { required_input_missing: 'missing_input' };
  const nodes: Record<string, object[]> = {};
  for (const [id, { errors }] of Object.entries(node_errors))
    nodes[id] = errors.map(({ type, extra_info }) => ({
      field: extra_info['input_name'] ?? null,
      reason: reasons[type] ?? type,
    }));
  const whole = error?.extra_info['node_id'];
  if (typeof whole === 'string') nodes[whole] = [{ field: 'class_type', reason: error?.type }];
  const first = Object.entries(node_errors)[0];
  const message = first
    ? `Node ${first[0]} (${first[1].class_type}): ${first[1].errors[0]?.message}: ${first[1].errors[0]?.details}`
    : String(error?.message);
  return [message, { node_errors: nodes }];
}

function jobJson(job: FakeJob, table: JobTable, retentionMs: number, prefix: string) {
  const { id, createdAt, startedAt, completedAt, timeline } = job;
  const { spell = (word: string) => word } = timeline;
  const date = (ms: number | null) => (ms === null ? null : isoDate(ms));
  const self = `${prefix}/api/v2/jobs/${id}`;
  return {
    id,
    status: spell(job.status),
    created_at: date(createdAt),
    started_at: date(startedAt),
    completed_at: date(completedAt),
    expires_at: date(createdAt + retentionMs),
    queue_position: table.position(job),
    progress: job.progress,
    outputs: job.outputs,
    error: job.error,
    metrics: {
      queue_ms: startedAt === null ? null : startedAt - createdAt,
      execution_ms: startedAt === null || completedAt === null ? null : completedAt - startedAt,
    },
    urls: { self, events: `${self}/events`, cancel: `${self}/cancel` },
  };
}

async function tellEvents(
  job: FakeJob,
  table: JobTable,
  write: (piece: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { spell = (word: string) => word } = job.timeline;
  const send = (event: string, data: unknown) =>
    write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const status = { status: spell(job.status), queue_position: table.position(job) };
  if (isOver(job)) {
    if (job.progress) send('progress', job.progress);
    return send('status', status);
  }
  send('status', status);
  if (job.progress) send('progress', job.progress);
  if (job.preview) send('preview', job.preview);
  await new Promise<void>((resolve) => {
    const listener = (event: string, data: unknown) => {
      send(event, data);
      if (event === 'status' && isOver(job)) end();
    };
    const end = () => {
      job.listeners.delete(listener);
      resolve();
    };
    job.listeners.add(listener);
    signal.addEventListener('abort', end, { once: true });
  });
}
