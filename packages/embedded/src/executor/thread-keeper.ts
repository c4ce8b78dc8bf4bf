import { type Client, type DrawingThread, startThread } from './drawing-thread.ts';

/** A thread that nobody has needed for so long ends, and with it the drawings and results that it keeps. */
const IDLE_MS = 5 * 60_000;
/** The same once all its executors were disposed of: the next one may come soon. */
const SPARE_MS = 10_000;

/** Keeps one thread for several executors: it starts with the first task, and after it has died with the next one. */
export interface ThreadKeeper {
  /** The thread, for an executor that is a client from now on. Throws where the runtime has none. */
  take(client: Client): DrawingThread;
  /** The thread is needed until the given function is called. */
  use(): () => void;
  /** An executor needs it no more. */
  leave(client: Client): void;
}

/** Makes a keeper of threads of this program. */
export function createThreadKeeper(program: URL): ThreadKeeper {
  const clients = new Set<string>();
  let thread: DrawingThread | undefined;
  let busy = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const start = () => {
    const started = startThread(program, () => {
      if (thread === started) thread = undefined;
    });
    return started;
  };
  const rest = () => {
    clearTimeout(idle);
    if (busy > 0 || thread === undefined) return;
    idle = setTimeout(() => thread?.end(), clients.size > 0 ? IDLE_MS : SPARE_MS);
    idle.unref();
  };

  return {
    take({ id }) {
      clients.add(id);
      thread ??= start();
      return thread;
    },
    use() {
      busy += 1;
      clearTimeout(idle);
      return () => {
        busy -= 1;
        rest();
      };
    },
    leave(client) {
      if (!clients.delete(client.id)) return;
      thread?.forget(client);
      rest();
    },
  };
}

// Built, the program is JavaScript and lies beside this file, too.
const PROGRAM = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';

/** The keeper of the thread that all executors of this process draw in. */
export const sharedThread = createThreadKeeper(new URL(PROGRAM, import.meta.url));
