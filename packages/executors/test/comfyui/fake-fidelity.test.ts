import { createTestClock } from 'comfygen/testing';
import type { NodeCatalogue } from 'comfygen/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeTimeline, startFakeComfyui } from '../../src/testing/index.ts';
import { missing, type Recording, readData, readRecording } from './recordings.ts';

type Fake = Awaited<ReturnType<typeof startFakeComfyui>>;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const models = { checkpoints: ['tiny.safetensors', 'tiny_noclip.safetensors'] };

async function startFake(timeline: FakeTimeline = {}) {
  const clock = createTestClock();
  const info = readData('object_info.v0.33.0.json') as NodeCatalogue;
  const fake = await startFakeComfyui({ clock, info, models, timeline: () => timeline });
  open.push(fake);
  return { fake, clock };
}

/** Opens a socket as the recorder did, and notes what comes. */
async function listen(fake: Fake, { clientId, ws }: Recording, seen: string[]) {
  const socket = new WebSocket(`${fake.url.replace('http', 'ws')}/ws?clientId=${clientId}`);
  socket.binaryType = 'arraybuffer';
  const sent = ws.filter(({ type }) => type === 'sent').map(({ data }) => JSON.stringify(data));
  socket.onopen = () => {
    for (const text of sent) socket.send(text);
  };
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') seen.push(describeText(JSON.parse(data)));
    else seen.push(describeBinary(Buffer.from(data as ArrayBuffer)));
  };
  open.push(socket);
}

/** What a message says, less what differs from run to run: ids, times, amounts. */
function describeText({ type, data = {} }: Recording['ws'][number]['data']): string {
  const keys = Object.keys(data).sort().join();
  const node = data['node'] ?? data['node_id'] ?? '';
  if (type === 'progress') return `progress ${node} ${data['value']}/${data['max']} ${keys}`;
  if (type === 'feature_flags') return 'feature_flags';
  if (type === 'execution_cached')
    return `execution_cached ${[...(data['nodes'] as string[])].sort()} ${keys}`;
  if (type === 'progress_state') {
    const nodes = Object.entries(data['nodes'] as Record<string, Record<string, unknown>>);
    const states = nodes.map(
      ([id, n]) => `${id}:${Object.keys(n).sort()}:${n['state']}:${n['value']}/${n['max']}`,
    );
    return `progress_state ${states.sort().join(' ')}`;
  }
  if (type === 'status') return `status ${JSON.stringify(data['status'])} ${keys}`;
  return `${type} ${node} ${keys}`;
}

function describeBinary(bytes: Buffer): string {
  const type = bytes.readUInt32BE(0);
  if (type !== 4) return `binary ${type}`;
  const metadata = JSON.parse(bytes.toString('utf8', 8, 8 + bytes.readUInt32BE(4)));
  return `binary 4 ${Object.keys(metadata).sort()} ${metadata.node_id}`;
}

function recorded({ ws }: Recording): string[] {
  return ws.flatMap(({ type, data }) => {
    if (type === 'text') return [describeText(data)];
    return type === 'binary' ? [describeBinary(Buffer.from(data.base64!, 'base64'))] : [];
  });
}

/** The order in which the server started the nodes: it depends on sets in Python. */
function nodeOrder({ ws }: Recording): string[] {
  const started = ws.flatMap(({ data }) =>
    data?.type === 'executing' && data.data?.['node'] ? [String(data.data['node'])] : [],
  );
  return [...new Set(started)];
}

/** Keys of an object and of the objects in it, by path: what an answer is shaped like. */
function shapeOf(value: unknown, depth = 4): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return typeof value;
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0], depth - 1)];
  const entries = Object.entries(value).map(([key, item]) => [
    /^[0-9a-f]{8}-/.test(key) ? '<id>' : key,
    // What Python prints of a node's inputs is its own.
    key === 'current_inputs' ? 'object' : shapeOf(item, depth - 1),
  ]);
  return Object.fromEntries(entries);
}

async function post(fake: Fake, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${fake.url}/api/prompt`, { method: 'POST', body: text });
  const answer = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body: /json/.test(type) ? JSON.parse(answer) : answer };
}

describe.skipIf(missing)('the fake ComfyUI against recordings of a real one', () => {
  const played: [name: string, before: string[], timeline: FakeTimeline][] = [
    ['01-success', [], {}],
    ['02-cached-rerun', ['01-success'], {}],
    ['03-ksampler-preview-type1', [], { previews: true }],
    ['04-ksampler-preview-type4', ['03-ksampler-preview-type1'], { previews: true }],
    ['05-two-outputs-batch', [], {}],
    ['07-partial-acceptance', [], {}],
    ['08-execution-error', [], { fails: { node: 'SaveImage', type: 'AttributeError' } }],
    ['08b-execution-error-no-clip', [], { fails: { node: 'CLIPTextEncode' } }],
  ];
  it.each(played)(
    '%s: the same events in the same order, answers of the same shape',
    async (name, before, timeline) => {
      const recording = readRecording(name);
      const order = nodeOrder(recording);
      const { fake, clock } = await startFake(timeline);
      for (const earlier of before) {
        const prompt = readRecording(earlier).http.find(({ method }) => method === 'POST');
        await post(fake, prompt?.requestBody);
        await clock.settle();
      }
      if (name !== '07-partial-acceptance' && before.length === 0)
        Object.assign(timeline, { order });
      const seen: string[] = [];
      await listen(fake, recording, seen);
      await clock.settle();
      for (const { method, path, requestBody, status, body } of recording.http) {
        if (path.startsWith('/api/view') || path.includes('?')) continue;
        if (method === 'POST') {
          const answer = await post(fake, requestBody);
          expect(answer.status).toBe(status);
          expect(shapeOf(answer.body, 2)).toEqual(shapeOf(body, 2));
          const ids = recording.http.flatMap(
            ({ body }) => (body as { prompt_id?: string })?.prompt_id ?? [],
          );
          expect(ids).toContain((requestBody as { prompt_id?: string }).prompt_id ?? ids[0]);
        } else {
          await clock.settle();
          const id = (requestIds(fake).at(-1) ?? '') as string;
          const response = await fetch(`${fake.url}${path.replace(/[^/]+$/, id)}`);
          expect(response.status).toBe(status);
          expect(shapeOf(await response.json())).toEqual(shapeOf(body));
        }
        await clock.settle();
      }
      expect(seen).toEqual(recorded(recording));
    },
  );

  it('06: refuses what the server refused, with the same types at the same nodes', async () => {
    const { fake } = await startFake();
    for (const { note, requestBody, status, headers, body } of readRecording('06-validation-errors')
      .http) {
      const answer = await post(fake, requestBody);
      expect([note, answer.status]).toEqual([note, status]);
      expect(answer.type).toBe(headers['content-type']);
      if (typeof body === 'string') expect(answer.body).toBe(body);
      else expect([note, refusalOf(answer.body)]).toEqual([note, refusalOf(body as Refusal)]);
    }
  });

  it('16: an accepted graph kills the worker, and cancelling it proves nothing', async () => {
    const { fake, clock } = await startFake();
    const recording = readRecording('16-zombie-worker');
    const seen: string[] = [];
    await listen(fake, recording, seen);
    await clock.settle();
    const posts = recording.http.filter(({ path }) => path === '/api/prompt');
    const ids: string[] = [];
    for (const { requestBody } of posts) {
      ids.push((await post(fake, requestBody)).body.prompt_id);
      await clock.settle();
    }
    const cancel = await fetch(`${fake.url}/api/jobs/${ids[0]}/cancel`, { method: 'POST' });
    expect(await cancel.json()).toEqual({ cancelled: true });
    const queue = await (await fetch(`${fake.url}/api/queue`)).json();
    expect(queue.queue_running[0][1]).toBe(ids[0]);
    expect(queue.queue_pending[0][1]).toBe(ids[1]);
    expect(seen).toEqual(recorded(recording));
  });

  it('13: answers what is not there as the server does', async () => {
    const { fake } = await startFake();
    for (const { method, path, status, note } of readRecording('13-static-reads').http) {
      // Assets, metadata of files, paging: not part of the fake.
      if (/assets|metadata|limit=|max_items/.test(path)) continue;
      const response = await fetch(fake.url + path, { method });
      expect([path, note, response.status]).toEqual([path, note, status]);
    }
  });

  it('12: names uploads as the server does', async () => {
    const { fake } = await startFake();
    const bytes: Record<number, string> = {};
    for (const { path, requestBody, status, body, note } of readRecording('12-upload').http) {
      if (!path.startsWith('/api/upload')) continue;
      const form = new FormData();
      const fields = (requestBody as { multipart: Record<string, unknown> }).multipart;
      for (const [key, field] of Object.entries(fields)) {
        if (typeof field === 'string') form.set(key, field);
        else {
          const { filename, byteLength } = field as { filename: string; byteLength: number };
          bytes[byteLength] ??= 'x'.repeat(byteLength);
          form.set(key, new File([bytes[byteLength]], filename));
        }
      }
      const response = await fetch(fake.url + path, { method: 'POST', body: form });
      expect([note, response.status]).toEqual([note, status]);
      if (status === 200) expect([note, await response.json()]).toEqual([note, body]);
    }
  });
});

function requestIds(fake: Fake): string[] {
  return [...fake.state.history.keys()];
}

interface Refusal {
  error?: { type: string };
  node_errors: Record<
    string,
    { errors: { type: string }[]; dependent_outputs: string[]; class_type: string }
  >;
}

function refusalOf(body: Refusal) {
  const nodes = Object.entries(body.node_errors).map(
    ([id, { errors, dependent_outputs, class_type }]) => [
      id,
      class_type,
      dependent_outputs,
      errors.map(({ type }) => type),
    ],
  );
  return { type: body.error?.type, nodes: nodes.sort() };
}
