import { Worker } from 'node:worker_threads';
import { ComfygenError, untilAborted } from 'comfygen/plugin';
import type { InputFiles } from '../runtime/node-definition.ts';
import type { Task, TaskContext, TaskEvent } from './draw-task.ts';
import { fromWire, toWire } from './wire-error.ts';
import type { FromWorker, ToWorker, WireTask, WorkerSettings } from './worker-messages.ts';

/** A worker that is asked to stop has so long until it is ended: aborts are met within 100 ms, whatever it does. */
const GRACE_MS = 50;
/** Of JavaScript objects, which nobody's graph needs much of; pixels lie outside, where `maxBytes` counts them. */
const HEAP_MB = 512;

/** Whose tasks a thread draws: one executor. */
export interface Client {
  readonly id: string;
  readonly settings: WorkerSettings;
  readonly inputFiles: InputFiles;
}

/** A worker thread that draws. It holds the process open while somebody waits for it, and only then. */
export interface DrawingThread {
  /** Resolves once it can draw; rejects where it cannot be started, or with the signal's reason. */
  whenStarted(signal: AbortSignal): Promise<void>;
  /** Draws a task. Rejects with HOST_FAULT where the thread dies, and soon after an abort whatever it does. */
  draw(task: Task, context: TaskContext, client: Client): Promise<void>;
  /** Lets go of what it keeps for a client. */
  forget(client: Client): void;
  /** Ends it; what it still draws rejects. */
  end(): void;
}

interface Running extends TaskContext {
  inputFiles: InputFiles;
  wasWatched: boolean;
  settle(error?: unknown): void;
}

/** Starts a thread of this program; `onGone` is called once it takes nothing more. Throws where the runtime has none. */
export function startThread(program: URL, onGone: () => void): DrawingThread {
  const worker = new Worker(program, {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    ...inheritedFlags(),
  });
  worker.unref();
  const started = Promise.withResolvers<void>();
  // Where nobody waits any more, nobody needs to know.
  started.promise.catch(() => {});
  const running = new Map<number, Running>();
  let last = 0;
  let isGone = false;
  let fault = toFault(undefined);

  const say = (message: ToWorker) => worker.postMessage(message);
  const leave = () => {
    if (isGone) return;
    isGone = true;
    onGone();
  };
  let holders = 0;
  const hold = () => {
    if (holders++ === 0) worker.ref();
  };
  const release = () => {
    if (--holders === 0) worker.unref();
  };

  const whenStarted = async (signal: AbortSignal) => {
    hold();
    try {
      await untilAborted(signal, () => started.promise);
    } finally {
      release();
    }
  };

  const draw = async (task: Task, context: TaskContext, client: Client) => {
    const { signal } = context;
    signal.throwIfAborted();
    if (isGone) throw fault;
    const id = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let grace: ReturnType<typeof setTimeout> | undefined;
    const onAbort = () => {
      say({ type: 'stop', id });
      grace = setTimeout(() => {
        // It does one long thing. What else it draws may go on, what comes new goes to another thread.
        leave();
        one.settle();
      }, GRACE_MS);
    };
    const one: Running = {
      ...context,
      inputFiles: client.inputFiles,
      wasWatched: context.isWatched(),
      settle(error) {
        running.delete(id);
        clearTimeout(grace);
        signal.removeEventListener('abort', onAbort);
        release();
        if (running.size === 0 && isGone) void worker.terminate();
        if (signal.aborted) reject(signal.reason);
        else if (error === undefined) resolve();
        else reject(error);
      },
    };
    say({
      ...{ type: 'draw', id, task: toWireTask(task), isWatched: one.wasWatched },
      ...{ client: client.id, settings: client.settings },
    });
    running.set(id, one);
    hold();
    signal.addEventListener('abort', onAbort, { once: true });
    await promise;
  };

  const end = () => {
    leave();
    void worker.terminate();
  };

  const hear = (id: number, event: TaskEvent) => {
    const one = running.get(id);
    if (one === undefined || one.signal.aborted) return;
    one.tell(event);
    const isWatched = one.isWatched();
    if (isWatched === one.wasWatched) return;
    one.wasWatched = isWatched;
    say({ type: 'watched', id, isWatched });
  };

  const answer = async (id: number, ask: number, name: string | undefined) => {
    const one = running.get(id);
    if (one === undefined) return;
    try {
      const { inputFiles } = one;
      const value = await (name === undefined ? inputFiles.list() : inputFiles.read(name));
      say({ type: 'answer', ask, value });
    } catch (error) {
      say({ type: 'answer', ask, error: toWire(error, 'FILE_ACCESS') });
    }
  };

  worker.on('message', (message: FromWorker) => {
    if (message.type === 'ready') started.resolve();
    else if (message.type === 'event') hear(message.id, message.event);
    else if (message.type === 'ask') void answer(message.id, message.ask, message.name);
    else running.get(message.id)?.settle(message.error && fromWire(message.error));
  });
  worker.on('error', (error) => {
    fault = toFault(error);
  });
  worker.on('exit', () => {
    leave();
    started.reject(fault);
    for (const one of [...running.values()]) one.settle(fault);
  });
  const forget = ({ id }: Client) => say({ type: 'forget', client: id });
  return { whenStarted, draw, forget, end };
}

function toWireTask({ graph, ...rest }: Task): WireTask {
  const nodes = graph.nodes.map(({ definition, ...node }) => ({
    ...node,
    classType: definition.classType,
  }));
  return { nodes, warnings: graph.warnings, ...rest };
}

/** A thread takes the process's flags, but the one that says what a program given as text is: its own is a file. */
function inheritedFlags(): { execArgv?: string[] } {
  const { execArgv } = process;
  if (!execArgv.some((flag) => flag.startsWith('--input-type'))) return {};
  return { execArgv: execArgv.filter((flag) => flag.startsWith('--conditions=')) };
}

function toFault(error: unknown): ComfygenError {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  const why =
    code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? 'ran out of memory'
      : `ended${typeof message === 'string' ? `: ${message}` : ''}`;
  return new ComfygenError('HOST_FAULT', `The thread that draws ${why}.`, { cause: error });
}
