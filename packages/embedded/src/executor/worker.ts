// The worker thread's entry: draws the tasks that it is sent, on the emoji world.
import { type MessagePort, parentPort } from 'node:worker_threads';
import { ComfygenError } from 'comfygen/plugin';
import { LRUCache } from 'lru-cache';
import { coreNodes } from '../nodes/core-nodes.ts';
import type { CheckedGraph } from '../runtime/checked-graph.ts';
import type { InputFiles, NodeDefinition } from '../runtime/node-definition.ts';
import { createNodeRegistry } from '../runtime/node-registry.ts';
import { createResultCache, type ResultCache } from '../runtime/result-cache.ts';
import { createEmojiLibrary } from '../world/emoji-library.ts';
import { drawTask, type Task, type TaskEvent, type Workshop } from './draw-task.ts';
import { fromWire, toWire } from './wire-error.ts';
import {
  type FromWorker,
  ownMemory,
  type ToWorker,
  type WireTask,
  type WorkerSettings,
} from './worker-messages.ts';

type DrawMessage = Extract<ToWorker, { type: 'draw' }>;

/** So many executors' results are kept; one that nobody disposes of gives way to the next. */
const MOST_CLIENTS = 4;

const registry = createNodeRegistry(coreNodes);

function serve(port: MessagePort): void {
  const say = (message: FromWorker, owned: ArrayBuffer[] = []) => port.postMessage(message, owned);
  const questions = createQuestions(say);
  const library = createEmojiLibrary();
  const caches = new LRUCache<string, ResultCache>({ max: MOST_CLIENTS });
  const running = new Map<number, { stop: AbortController; isWatched: boolean }>();

  const cacheOf = (client: string, { cacheBytes }: WorkerSettings) => {
    const cache = caches.get(client) ?? createResultCache(cacheBytes);
    caches.set(client, cache);
    return cache;
  };

  const draw = async ({ id, task, client, settings, isWatched }: DrawMessage) => {
    const run = { stop: new AbortController(), isWatched };
    running.set(id, run);
    const workshop: Workshop = {
      openLibrary: async () => library,
      inputFiles: questions.filesOf(id),
      cache: cacheOf(client, settings),
      limits: settings,
    };
    const ended = drawTask(readTask(task), workshop, {
      signal: run.stop.signal,
      tell: (event) => say({ type: 'event', id, event }, ownedBy(event)),
      isWatched: () => run.isWatched,
    });
    const error = await ended.then(
      () => undefined,
      (reason: unknown) => toWire(reason, 'EXECUTION_FAILED'),
    );
    running.delete(id);
    say({ type: 'ended', id, error });
  };

  port.on('message', (message: ToWorker) => {
    if (message.type === 'draw') return void draw(message);
    if (message.type === 'answer') return questions.answer(message);
    if (message.type === 'forget') return void caches.delete(message.client);
    const run = running.get(message.id);
    if (run === undefined) return;
    if (message.type === 'watched') run.isWatched = message.isWatched;
    else run.stop.abort(new ComfygenError('CANCELED', 'The job was canceled.'));
  });
  say({ type: 'ready' });
}

function readTask({ nodes, warnings, ...rest }: WireTask): Task {
  const graph: CheckedGraph = {
    nodes: nodes.map(({ classType, ...node }) => ({
      ...node,
      definition: registry.get(classType) as NodeDefinition,
    })),
    warnings,
  };
  return { graph, ...rest };
}

function ownedBy(event: TaskEvent): ArrayBuffer[] {
  if (event.type === 'preview') return ownMemory(event.bytes);
  return event.type === 'output' ? ownMemory(event.file.bytes) : [];
}

/** What jobs ask the other thread, which has the input files. */
function createQuestions(say: (message: FromWorker) => void) {
  const asked = new Map<number, PromiseWithResolvers<string[] | Uint8Array>>();
  let last = 0;
  const put = (id: number, name: string | undefined) => {
    const ask = ++last;
    const answer = Promise.withResolvers<string[] | Uint8Array>();
    asked.set(ask, answer);
    say({ type: 'ask', id, ask, name });
    return answer.promise;
  };
  return {
    filesOf: (id: number): InputFiles => ({
      list: () => put(id, undefined) as Promise<string[]>,
      read: (name) => put(id, name) as Promise<Uint8Array>,
    }),
    answer(message: Extract<ToWorker, { type: 'answer' }>) {
      const waiting = asked.get(message.ask);
      asked.delete(message.ask);
      if ('error' in message) waiting?.reject(fromWire(message.error));
      else waiting?.resolve(message.value);
    },
  };
}

serve(parentPort as MessagePort);
