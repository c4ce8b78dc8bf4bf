/** What a run is aborted with when the user stops it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: Signal) {
    super(signal === 'SIGINT' ? 'stopped by Ctrl-C' : 'stopped by SIGTERM');
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

type Signal = 'SIGINT' | 'SIGTERM';
const SIGNALS: readonly Signal[] = ['SIGINT', 'SIGTERM'];

/** A terminal and a wrapper script may both deliver the same Ctrl-C. */
const SAME_PRESS_MS = 100;
/** What runs may still cancel its job in this time; then the process ends, whatever hangs. */
const GRACE_MS = 8_000;
/** When the command is over, what it printed may still be read in this time. */
const LAST_WORDS_MS = 1_000;

/** The process's signals while a command runs. */
export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM. */
  signal: AbortSignal;
  /** Gives the signals back to the system. A process that was told to stop still ends in time. */
  stop(): void;
}

/** What listens now, so that `undisturbed` can let go of it for a while. */
let listening: ((name: Signal) => void) | undefined;

/** Aborts on SIGINT and SIGTERM; a second, later one ends the process at once, and so do 8 s. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let first: { name: Signal; at: number } | undefined;
  const onSignal = (name: Signal) => {
    if (first === undefined) {
      first = { name, at: performance.now() };
      setTimeout(endBy, GRACE_MS, name).unref();
      controller.abort(new Interrupted(name));
    } else if (name !== first.name || performance.now() - first.at > SAME_PRESS_MS) {
      endBy(name);
    }
  };
  listening = onSignal;
  listen(onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      listening = undefined;
      leave(onSignal);
      if (first) setTimeout(endBy, LAST_WORDS_MS, first.name).unref();
    },
  };
}

/**
 * Does work that may hold the thread, where no listener is called: a signal then ends the process by itself. For work
 * that has begun nothing which would have to be canceled.
 */
export async function undisturbed<T>(work: () => Promise<T>): Promise<T> {
  const listener = listening;
  if (listener) leave(listener);
  try {
    return await work();
  } finally {
    if (listener && listener === listening) listen(listener);
  }
}

function listen(listener: (name: Signal) => void): void {
  for (const name of SIGNALS) process.on(name, listener);
}

function leave(listener: (name: Signal) => void): void {
  for (const name of SIGNALS) process.off(name, listener);
}

/**
 * Ends the process by the signal itself. `process.exit` waits for calls into the system, and one that reads a pipe
 * without a writer never returns.
 */
function endBy(name: Signal): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
  // The first process of a container outlives its own signals.
  setTimeout(() => process.exit(new Interrupted(name).exitCode), SAME_PRESS_MS);
}
