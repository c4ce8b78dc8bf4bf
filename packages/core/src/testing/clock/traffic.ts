import { subscribe } from 'node:diagnostics_channel';
// Clients load it when they first need it: loaded here, that takes no turns of the event loop.
import 'ky';

/** Requests of this process that have no whole answer yet, as Node's own fetch and WebSocket tell. */
const open = new Set<object>();
const flushers = new Set<() => Promise<void>>();
let upgrading = 0;
let held = 0;
let watching = false;

/** Turns of the event loop for what an answer sets off in the process itself. */
const QUIET_TURNS = 20;
/** Then whatever is under way is not ours. */
const MOST_TURNS = 200_000;

/** Starts counting; more than once does no harm. */
export function watchTraffic(): void {
  if (watching) return;
  watching = true;
  const on = (channel: string, take: (request: { upgrade?: unknown }) => void) =>
    subscribe(`undici:${channel}`, (message) => take((message as { request: object }).request));
  on('request:create', (request) => {
    if (request.upgrade) upgrading += 1;
    else open.add(request);
  });
  const end = (request: { upgrade?: unknown }) => {
    if (request.upgrade) upgrading -= 1;
    open.delete(request);
  };
  on('request:trailers', end);
  on('request:error', end);
  on('websocket:open', () => {
    upgrading -= 1;
  });
}

/** Marks a request as having arrived: until the function it gives is called, nothing is on its way. */
export function holdRequest(): () => void {
  let over = false;
  held += 1;
  return () => {
    if (!over) held -= 1;
    over = true;
  };
}

/** Adds what waits for messages on their way to this process's sockets; gives the function that takes it out again. */
export function addFlusher(flush: () => Promise<void>): () => void {
  flushers.add(flush);
  return () => void flushers.delete(flush);
}

/** Resolves once all that was sent between servers and clients of this process has arrived and been acted on. */
export async function settleTraffic(): Promise<void> {
  await quiet();
  if (flushers.size === 0) return;
  await Promise.all([...flushers].map((flush) => flush()));
  await quiet();
}

async function quiet(): Promise<void> {
  let calm = 0;
  for (let turns = 0; calm < QUIET_TURNS && turns < MOST_TURNS; turns += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    calm = open.size + upgrading > held ? 0 : calm + 1;
  }
}
