import type { InputFiles } from '../runtime/node-definition.ts';
import type { Draw } from './draw-task.ts';
import { type DrawingThread, startThread } from './drawing-thread.ts';
import type { WorkerSettings } from './worker-messages.ts';

/** A thread that nobody has needed for so long ends, and with it the drawings and results that it keeps. */
const IDLE_MS = 5 * 60_000;

// Built, it is JavaScript and lies beside this file, too.
const PROGRAM = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);

/** Draws the tasks of one executor. */
export interface Drawer {
  draw: Draw;
  /** Ends its thread; what it still draws rejects. */
  dispose(): Promise<void>;
}

/** What `createDrawer` is given. */
export interface DrawerSetup {
  settings: WorkerSettings;
  inputFiles: InputFiles;
  /** Draws where no thread can be started. */
  drawHere: Draw;
  /** The thread's program. Default: the emoji world's. */
  program?: URL;
}

/**
 * Draws in a worker thread, which starts with the first task and after it has died with the next one. Where none can be
 * started it draws on this thread, with the warning `no-worker`.
 */
export function createDrawer({
  settings,
  inputFiles,
  drawHere,
  program = PROGRAM,
}: DrawerSetup): Drawer {
  let thread: DrawingThread | undefined;
  let refusal: string | undefined;
  let busy = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const start = () => {
    const onGone = () => {
      if (thread === started) thread = undefined;
    };
    const started = startThread({ program, settings, inputFiles, onGone });
    return started;
  };

  /** The running thread; `undefined` where there can be none. */
  const open = async (signal: AbortSignal): Promise<DrawingThread | undefined> => {
    if (refusal !== undefined) return undefined;
    try {
      thread ??= start();
      const current = thread;
      await current.whenStarted(signal);
      return current;
    } catch (error) {
      signal.throwIfAborted();
      refusal = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  };

  return {
    async draw(task, context) {
      busy += 1;
      clearTimeout(idle);
      try {
        const current = await open(context.signal);
        if (current) return await current.draw(task, context);
        const message = `No worker thread could be started, so the host's own thread drew: ${refusal}`;
        context.tell({ type: 'warning', warning: { code: 'no-worker', message } });
        await drawHere(task, context);
      } finally {
        busy -= 1;
        if (busy === 0 && thread) {
          idle = setTimeout(() => void thread?.end(), IDLE_MS);
          idle.unref();
        }
      }
    },
    async dispose() {
      clearTimeout(idle);
      await thread?.end();
    },
  };
}
