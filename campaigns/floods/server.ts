// The flooding server of campaigns/floods.ts: a process of its own, is told by messages what to send too much of.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodePng } from '../../packages/core/src/testing/picture.ts';
import { coreCatalogue } from '../../packages/core/src/workflow/catalogue.ts';
import { openSocket } from './frames.ts';
import type { Flood } from './kinds.ts';

const MB = 1024 * 1024;
/** A job takes so long, in milliseconds, in which its socket floods. */
const JOB_MS = 1_500;

let flood: Flood = 'none';
let size = 1;
let bodies = new Map<string, Buffer>();
let jobs = new Map<string, number>();

const isFlood = (...kinds: Flood[]) => kinds.includes(flood);
const repeat = (text: string, megabytes: number) =>
  text.repeat(Math.ceil((megabytes * size * MB) / text.length));

/** Made before the run, so that only the client's time is measured. */
function prepare(): Map<string, Buffer> {
  const made = new Map<string, string>();
  if (isFlood('object-info')) {
    const one = JSON.stringify(coreCatalogue).slice(1, -1);
    const copies = Math.ceil((50 * size * MB) / one.length);
    const all = Array.from({ length: copies }, (_, at) =>
      at === 0 ? one : one.replace(/"([A-Z]\w+)":\{/g, `"$1_${at}":{`),
    );
    made.set('object_info', `{${all.join(',')}}`);
  }
  if (isFlood('object-info-flat'))
    made.set('object_info', `{"A":{"input":{"required":{"a":[[${repeat('"a",', 50)}"b"]]}}}}`);
  if (isFlood('history'))
    made.set('end', `"outputs":{},"more":[${repeat('{"a":[1,"x"]},', 100)}1]`);
  if (isFlood('history-messages'))
    made.set(
      'end',
      `"execution_status":{"status_str":"success","completed":true,"messages":[${repeat('["a",{}],', 4)}["b",{}]]}`,
    );
  if (isFlood('history-files'))
    made.set(
      'end',
      `"outputs":{"9":{"images":[${repeat('{"filename":"a.png","n":1},', 8)}{"filename":"b.png"}]}}`,
    );
  if (isFlood('queue')) made.set('queue', repeat('[1,"x",{"1":{"class_type":"A"}}],', 40));
  if (isFlood('error')) made.set('error', `{"error":[${repeat('{"a":"b"},', 50)}1]}`);
  return new Map([...made].map(([name, text]) => [name, Buffer.from(text)]));
}

const send = (response: ServerResponse, status: number, body: string | Buffer) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
};

const OUTPUTS = '"outputs":{"9":{"images":[{"filename":"a.png","subfolder":"","type":"output"}]}}';
const picture = Buffer.from(encodePng(8, 8, () => [0, 128, 0]));

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://x').pathname.replace('/api/', '');
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (path === 'prompt') {
      if (isFlood('error')) return send(response, 500, bodies.get('error')!);
      const { prompt_id } = JSON.parse(Buffer.concat(chunks).toString()) as { prompt_id: string };
      jobs.set(prompt_id, Date.now());
      return send(response, 200, JSON.stringify({ prompt_id, number: 1, node_errors: {} }));
    }
    if (path === 'object_info')
      return send(response, 200, bodies.get('object_info') ?? JSON.stringify(coreCatalogue));
    if (path === 'models') return send(response, 200, '["checkpoints"]');
    if (path === 'models/checkpoints') return send(response, 200, '["model.safetensors"]');
    if (path === 'queue') {
      const more = bodies.get('queue')?.toString() ?? '';
      return send(response, 200, `{"queue_running":[],"queue_pending":[${more}[9,"y"]]}`);
    }
    if (path === 'view') {
      response.writeHead(200, { 'content-type': 'image/png' });
      return response.end(picture);
    }
    const [, id = ''] = /^(?:jobs|history)\/(.+)$/.exec(path) ?? [];
    const startedAt = jobs.get(id);
    if (startedAt === undefined) return send(response, 404, '{}');
    const isOver = Date.now() - startedAt > JOB_MS;
    return send(response, 200, path.startsWith('history') ? entryOf(id, isOver) : stateOf(isOver));
  });
});

const DONE = '"execution_status":{"status_str":"success","completed":true,"messages":[]}';
const endOf = () => {
  const end = bodies.get('end')?.toString();
  return end?.startsWith('"outputs"') ? `${end},${DONE}` : `${OUTPUTS},${end ?? DONE}`;
};

/** What the history has of a job: nothing before it is over. */
function entryOf(id: string, isOver: boolean): string {
  return isOver ? `{"${id}":{${endOf().replace('execution_status', 'status')}}}` : '{}';
}

/** What a job itself says; one in the flooded queue waits there until it is over. */
function stateOf(isOver: boolean): string {
  if (isOver) return `{"status":"completed",${endOf()}}`;
  return `{"status":"${isFlood('queue') ? 'pending' : 'in_progress'}"}`;
}

/** The messages of one turn of a flooding socket. */
function messagesOf(id: string, turn: number): (string | Buffer)[] {
  const say = (type: string, data: object) =>
    JSON.stringify({ type, data: { prompt_id: id, ...data } });
  const many = Math.ceil(2_000 * size);
  if (isFlood('frame')) return [Buffer.alloc(Math.ceil(65 * MB * (0.5 + size)), 1)];
  if (isFlood('long-text')) return [say('executed', { output: repeat('abc,', 30) })];
  const list = (make: (at: number) => string | Buffer) =>
    Array.from({ length: many }, (_, at) => make(at));
  if (isFlood('progress'))
    return list((at) => say('progress', { value: turn * many + at, max: 1e9, node: '3' }));
  if (isFlood('states')) return list((at) => say('executing', { node: String(at % 7) }));
  if (isFlood('previews'))
    return list(() => Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]), Buffer.alloc(20_000)]));
  return [];
}

server.on('upgrade', (request, socket) => {
  const write = openSocket(request, socket);
  const told = new Set<string>();
  let turn = 0;
  const timer = setInterval(() => {
    for (const [id, startedAt] of jobs) {
      const isOver = Date.now() - startedAt > JOB_MS;
      if (isOver && !told.has(id)) {
        told.add(id);
        write(JSON.stringify({ type: 'executing', data: { node: null, prompt_id: id } }));
      }
      // A client that reads slower than we write is not helped by our memory.
      if (isOver || socket.writableLength > 20 * MB) continue;
      if (turn > 0 && isFlood('frame', 'long-text')) continue;
      for (const message of messagesOf(id, turn)) write(message);
      turn += 1;
    }
  }, 1);
  socket.on('error', () => {});
  socket.on('close', () => clearInterval(timer));
});

server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('message', (told: { flood: Flood; size: number }) => {
  ({ flood, size } = told);
  jobs = new Map();
  bodies = prepare();
  process.send!('ready');
});
