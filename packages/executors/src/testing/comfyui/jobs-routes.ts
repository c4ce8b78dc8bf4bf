import type { FakeReply, FakeRoute } from 'comfygen/testing';
import { dequeue } from './queue-routes.ts';
import type {
  HistoryEntry,
  NodeOutput,
  QueueItem,
  ServerState,
  StoredFile,
} from './server-state.ts';
import type { Worker } from './worker.ts';

interface JobsContext {
  state(): ServerState;
  worker(): Worker;
  /** Whether `cancel` is offered: servers before 0.25 list jobs but can't cancel them by id. */
  cancel: boolean;
}

const STATES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'];
const NOT_FOUND: FakeReply = { status: 404, json: { error: 'Job not found' } };

/** The routes under `/api/jobs`, which have no twin without `/api`. */
export function jobsRoutes({ state, worker, cancel }: JobsContext): Record<string, FakeRoute> {
  const routes: Record<string, FakeRoute> = {
    'GET /api/jobs': ({ query }) => {
      const wanted = query.get('status')?.split(',') ?? STATES;
      const bad = wanted.filter((word) => !STATES.includes(word));
      if (bad.length > 0) {
        const error = `Invalid status value(s): ${bad.join(', ')}. Valid values: ${STATES.join(', ')}`;
        return { status: 400, json: { error } };
      }
      const { pending, running, history } = state();
      const queued = [...pending, ...(running ? [running] : [])];
      const jobs = [
        ...queued.map((item) => waitingJob(item, item === running)),
        ...[...history.values()].map((entry) => endedJob(entry, false)),
      ].filter(({ status }) => wanted.includes(String(status)));
      jobs.sort((a, b) => Number(b['create_time']) - Number(a['create_time']));
      const pagination = { offset: 0, limit: null, total: jobs.length, has_more: false };
      return { json: { jobs, pagination } };
    },
    'GET /api/jobs/:id': ({ params }) => {
      const { pending, running, history } = state();
      const id = params['id']!;
      if (running?.[1] === id) return { json: waitingJob(running, true) };
      const waiting = pending.find((item) => item[1] === id);
      if (waiting) return { json: waitingJob(waiting, false) };
      const entry = history.get(id);
      return entry ? { json: endedJob(entry, true) } : NOT_FOUND;
    },
  };
  if (!cancel) return routes;
  return {
    ...routes,
    'POST /api/jobs/:id/cancel': ({ params }) => {
      const { running, interrupt } = state();
      const runs = running?.[1] === params['id'];
      // Also where nobody listens to it any more: that proves nothing.
      if (runs) interrupt?.abort(new Error('canceled'));
      const cancelled = runs || dequeue(state(), params['id']!);
      if (cancelled && !runs) worker().tellStatus();
      return { json: { cancelled } };
    },
  };
}

function waitingJob([number, id, , extra]: QueueItem, running: boolean): Record<string, unknown> {
  return {
    id,
    status: running ? 'in_progress' : 'pending',
    priority: number,
    create_time: extra['create_time'],
    outputs_count: 0,
    previewable_outputs_count: 0,
    ...workflowId(extra),
  };
}

function endedJob({ prompt, outputs, status }: HistoryEntry, whole: boolean) {
  const [number, id, graph, extra] = prompt;
  const [lastWord, last] = status.messages.at(-1) ?? [];
  const word = lastWord === 'execution_interrupted' ? 'cancelled' : 'failed';
  const files = Object.entries(outputs).flatMap(([nodeId, output]) =>
    filesOf(output).map((file) => ({ ...file, nodeId, mediaType: 'images' })),
  );
  const preview = files.find(({ type }) => type === 'output') ?? files[0];
  return {
    id,
    status: status.completed ? 'completed' : word,
    priority: number,
    create_time: extra['create_time'],
    execution_start_time: status.messages[0]?.[1]['timestamp'],
    execution_end_time: last?.['timestamp'],
    ...(lastWord === 'execution_error' && { execution_error: last }),
    outputs_count: files.length,
    previewable_outputs_count: files.length,
    ...(preview && { preview_output: preview }),
    ...workflowId(extra),
    ...(whole && {
      outputs,
      execution_status: status,
      workflow: { prompt: graph, extra_data: extra },
    }),
  } as Record<string, unknown>;
}

/** From the editor's own workflow, which a client may send along. */
function workflowId(extra: Record<string, unknown>) {
  const info = extra['extra_pnginfo'] as { workflow?: { id?: unknown } } | undefined;
  return info?.workflow?.id === undefined ? {} : { workflow_id: info.workflow.id };
}

function filesOf(output: NodeOutput): StoredFile[] {
  return Array.isArray(output['images']) ? (output['images'] as StoredFile[]) : [];
}
