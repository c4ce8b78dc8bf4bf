import type { FakeRequest, FakeRoute } from 'comfygen/testing';
import { type QueueItem, remaining, type ServerState } from './server-state.ts';
import type { Worker } from './worker.ts';

interface QueueContext {
  state(): ServerState;
  worker(): Worker;
}

/** The routes for queue, history and interrupts, offered under both `/` and `/api/`. */
export function queueRoutes({ state, worker }: QueueContext): Record<string, FakeRoute> {
  return {
    'GET /prompt': () => ({ json: { exec_info: { queue_remaining: remaining(state()) } } }),
    'GET /queue': () => {
      const { running, pending } = state();
      return { json: { queue_running: running ? [running] : [], queue_pending: pending } };
    },
    'POST /queue'(request) {
      const body = readObject(request);
      const ids = Array.isArray(body['delete']) ? body['delete'] : [];
      if (body['clear'] === true) state().pending.length = 0;
      for (const id of ids) dequeue(state(), String(id));
      worker().tellStatus();
      return {};
    },
    'POST /interrupt'(request) {
      const { prompt_id: id } = readObject(request);
      const { running, interrupt } = state();
      if (id === undefined || running?.[1] === id) interrupt?.abort(new Error('interrupted'));
      return {};
    },
    'GET /history': ({ query }) => {
      const entries = [...state().history];
      const most = Number(query.get('max_items') ?? entries.length);
      const offset = query.get('offset');
      const from = offset === null ? Math.max(0, entries.length - most) : Number(offset);
      return { json: Object.fromEntries(entries.slice(from, from + most)) };
    },
    'GET /history/:id': ({ params }) => {
      const entry = state().history.get(params['id']!);
      return { json: entry ? { [params['id']!]: entry } : {} };
    },
    'POST /history'(request) {
      const body = readObject(request);
      if (body['clear'] === true) state().history.clear();
      for (const id of (body['delete'] as string[] | undefined) ?? []) state().history.delete(id);
      return {};
    },
  };
}

/** Takes the waiting job of that id out of the queue; whether there was one. */
export function dequeue({ pending }: ServerState, id: string): boolean {
  const place = pending.findIndex((item: QueueItem) => item[1] === id);
  if (place < 0) return false;
  pending.splice(place, 1);
  return true;
}

/** A body that may be absent. */
function readObject(request: FakeRequest): Record<string, unknown> {
  return request.body.length === 0 ? {} : (request.json() as Record<string, unknown>);
}
