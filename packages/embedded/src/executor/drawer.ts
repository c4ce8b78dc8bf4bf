import { randomUUID } from 'node:crypto';
import type { InputFiles } from '../runtime/node-definition.ts';
import type { Draw } from './draw-task.ts';
import type { Client, DrawingThread } from './drawing-thread.ts';
import { sharedThread, type ThreadKeeper } from './thread-keeper.ts';
import type { WorkerSettings } from './worker-messages.ts';

/** Draws the tasks of one executor. */
export interface Drawer {
  draw: Draw;
  /** Lets go of the thread. Its tasks must have been aborted. */
  dispose(): void;
}

/** What `createDrawer` is given. */
export interface DrawerSetup {
  settings: WorkerSettings;
  inputFiles: InputFiles;
  /** Draws where no thread can be started. */
  drawHere: Draw;
  /** Default: the thread that all executors of the process share. */
  keeper?: ThreadKeeper;
}

/** Draws in a worker thread; where none can be started, on this one, with the warning `no-worker`. */
export function createDrawer({
  settings,
  inputFiles,
  drawHere,
  keeper = sharedThread,
}: DrawerSetup): Drawer {
  const client: Client = { id: randomUUID(), settings, inputFiles };
  let refusal: string | undefined;

  /** The thread; `undefined` where there can be none. */
  const open = async (signal: AbortSignal): Promise<DrawingThread | undefined> => {
    if (refusal !== undefined) return undefined;
    try {
      const thread = keeper.take(client);
      await thread.whenStarted(signal);
      return thread;
    } catch (error) {
      signal.throwIfAborted();
      refusal = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  };

  return {
    async draw(task, context) {
      const done = keeper.use();
      try {
        const thread = await open(context.signal);
        if (thread) return await thread.draw(task, context, client);
        const message = `No worker thread could be started, so the host's own thread drew: ${refusal}`;
        context.tell({ type: 'warning', warning: { code: 'no-worker', message } });
        await drawHere(task, context);
      } finally {
        done();
      }
    },
    dispose: () => keeper.leave(client),
  };
}
