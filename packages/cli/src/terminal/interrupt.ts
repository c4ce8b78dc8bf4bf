import { setImmediate } from 'node:timers/promises';

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
  /** For when the command is over: from then on a signal ends the process, and one that came before does so soon. */
  stop(): void;
}

/** What a signal means now; without a command that runs it ends the process. */
let meaning = endBy;
const onSignal = (name: NodeJS.Signals) => meaning(name as Signal);

/** Aborts on SIGINT and SIGTERM; a second, later one ends the process at once, and so do 8 s. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let first: { name: Signal; at: number } | undefined;
  meaning = (name) => {
    if (first === undefined) {
      first = { name, at: performance.now() };
      setTimeout(endBy, GRACE_MS, name).unref();
      controller.abort(new Interrupted(name));
    } else if (name !== first.name || performance.now() - first.at > SAME_PRESS_MS) {
      endBy(name);
    }
  };
  listen();
  return {
    signal: controller.signal,
    // The listeners stay: one that goes takes a signal with it that has come and was not yet told.
    stop: () => {
      meaning = endBy;
      if (first) setTimeout(endBy, LAST_WORDS_MS, first.name).unref();
    },
  };
}

/**
 * Does work that may hold the thread, where no listener is called: a signal then ends the process by itself. For work
 * that has begun nothing which would have to be canceled.
 */
export async function undisturbed<T>(work: () => Promise<T>): Promise<T> {
  const listens = process.listeners('SIGTERM').includes(onSignal);
  // What has come already is told in the next turn of the loop.
  for (let turn = 0; turn < 2; turn += 1) await setImmediate();
  for (const name of SIGNALS) process.off(name, onSignal);
  try {
    return await work();
  } finally {
    if (listens) listen();
  }
}

function listen(): void {
  for (const name of SIGNALS)
    if (!process.listeners(name).includes(onSignal)) process.on(name, onSignal);
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
