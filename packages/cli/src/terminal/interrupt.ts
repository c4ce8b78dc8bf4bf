/** What a run is aborted with when the user stops it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(signal === 'SIGINT' ? 'stopped by Ctrl-C' : 'stopped by SIGTERM');
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

/** A terminal and a wrapper script may both deliver the same Ctrl-C. */
const SAME_PRESS_MS = 500;

/** Aborts on SIGINT and SIGTERM; a second, later one ends the process at once. */
export function listenForInterrupt(): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (name: 'SIGINT' | 'SIGTERM') => {
    const reason = new Interrupted(name);
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort(reason);
    } else if (performance.now() - first > SAME_PRESS_MS) {
      process.exit(reason.exitCode);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
