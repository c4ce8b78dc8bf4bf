// The worker thread's entry: draws the tasks that it is sent, on the emoji world.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { ComfygenError } from 'comfygen/plugin';
import { coreNodes } from '../nodes/core-nodes.ts';
import type { CheckedGraph } from '../runtime/checked-graph.ts';
import type { InputFiles, NodeDefinition } from '../runtime/node-definition.ts';
import { createNodeRegistry } from '../runtime/node-registry.ts';
import { createResultCache } from '../runtime/result-cache.ts';
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

const registry = createNodeRegistry(coreNodes);

function serve(port: MessagePort, settings: WorkerSettings): void {
  const say = (message: FromWorker, owned: ArrayBuffer[] = []) => port.postMessage(message, owned);
  const inputs = askForFiles(say);
  const library = createEmojiLibrary();
  const workshop: Workshop = {
    openLibrary: async () => library,
    inputFiles: inputs.files,
    cache: createResultCache(settings.cacheBytes),
    limits: settings,
  };
  const running = new Map<number, { stop: AbortController; isWatched: boolean }>();

  const draw = async (id: number, task: WireTask, isWatched: boolean) => {
    const run = { stop: new AbortController(), isWatched };
    running.set(id, run);
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
    if (message.type === 'draw') return void draw(message.id, message.task, message.isWatched);
    if (message.type === 'answer') return inputs.answer(message);
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

/** The input files, which the other thread has. */
function askForFiles(say: (message: FromWorker) => void) {
  const asked = new Map<number, PromiseWithResolvers<string[] | Uint8Array>>();
  let last = 0;
  const ask = (name?: string) => {
    last += 1;
    const answer = Promise.withResolvers<string[] | Uint8Array>();
    asked.set(last, answer);
    say({ type: 'ask', ask: last, name });
    return answer.promise;
  };
  const files: InputFiles = {
    list: () => ask() as Promise<string[]>,
    read: (name) => ask(name) as Promise<Uint8Array>,
  };
  return {
    files,
    answer(message: Extract<ToWorker, { type: 'answer' }>) {
      const waiting = asked.get(message.ask);
      asked.delete(message.ask);
      if ('error' in message) waiting?.reject(fromWire(message.error));
      else waiting?.resolve(message.value);
    },
  };
}

serve(parentPort as MessagePort, workerData as WorkerSettings);
