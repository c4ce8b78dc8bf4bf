/**
 * Resolves after one turn of the event loop, in which timers, sockets and an abort are handled. Call it every tenth
 * of a second or so in work that computes for long. Rejects with the signal's reason.
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
