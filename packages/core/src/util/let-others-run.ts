/**
 * Gives the event loop a turn, in which timers, sockets and an abort are heard: for work that computes for long, every
 * tenth of a second or so. Rejects with the signal's reason.
 */
export async function letOthersRun(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>(nextTurn);
  signal?.throwIfAborted();
}

/** Node's own turn takes no time at all; a timer, which there is everywhere, takes a millisecond. */
function nextTurn(resolve: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };
  if (setImmediate) setImmediate(resolve);
  else setTimeout(resolve, 0);
}
