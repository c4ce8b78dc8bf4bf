import type { Clock, Log } from 'comfygen/plugin';
import type { ServerEvent } from './read-message.ts';
import { createSocketInbox } from './socket-inbox.ts';

/** The part of the WebSocket interface that is used here: the platform's own and `ws` both fit. */
export interface Socket {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/**
 * Opens a WebSocket to `url` and sends `headers` with the request where the platform can; browsers can't. `maxPayload`:
 * the largest message to take, in bytes, where that can be set.
 */
export type OpenSocket = (
  url: string,
  options: { headers: Record<string, string>; maxPayload: number },
) => Socket;

type SocketConstructor = new (url: string, options?: unknown) => Socket;

/** Opens the platform's WebSocket; throws where there is none. */
export const openPlatformSocket: OpenSocket = (url, options) => {
  const { WebSocket: Platform } = globalThis as unknown as { WebSocket: SocketConstructor };
  if (Object.keys(options.headers).length === 0) return new Platform(url);
  try {
    return new Platform(url, options);
  } catch {
    // A browser takes protocols there, and refuses these.
    return new Platform(url);
  }
};

/** The code of a socket that was closed for a message above a limit. */
const TOO_BIG = 1009;
const OPEN_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** What `createConnection` is given. */
export interface ConnectionOptions {
  /** Opens a socket for a client id; may throw. */
  open(clientId: string): Socket;
  onEvent(event: ServerEvent): void;
  /** Called when a socket has opened. Events before that may be missed; the caller has to find out. */
  onOpen(): void;
  /** Called when a socket that was open has closed. */
  onDown(): void;
  /** Called where a socket was closed since it brought too much, with what; no other is opened until `want`. */
  onFlood(what: string): void;
  /** The largest message, in bytes. */
  maxFrameBytes: number;
  log(): Log | undefined;
}

/** The WebSocket to one server, opened again after each break while it is wanted. */
export interface Connection {
  /** The client id under which jobs must be submitted for their events to arrive here. */
  readonly clientId: string;
  readonly isOpen: boolean;
  /** How many sockets have opened so far; two equal numbers mean the same socket. */
  readonly serial: number;
  /** Opens the socket and keeps it open. Resolves once it is open or the first attempt has failed; never rejects. */
  want(clock: Clock): Promise<void>;
  /** Closes a socket that receives nothing any more, and opens another under a new client id. */
  renew(): void;
  /** Closes the socket and opens no other, until `want` is called again. */
  close(): void;
}

/**
 * A connection that opens a socket again whenever it breaks, for as long as it is wanted. The old socket is closed
 * for sure before a new one has its client id: servers mistake one for the other else (ComfyUI issue 16010).
 */
export function createConnection({
  open,
  onEvent,
  onOpen,
  onDown,
  onFlood,
  maxFrameBytes,
  log,
}: ConnectionOptions): Connection {
  let clientId = createClientId();
  let serial = 0;
  let isOpen = false;
  /** Ends the loop that keeps the socket open. */
  let loop: AbortController | undefined;
  let endSocket = () => {};
  let attempted: Promise<void> = Promise.resolve();

  /** Resolves when the socket is over; `stood` is called when it stands. */
  const hold = (clock: Clock, signal: AbortSignal, stood: () => void) =>
    new Promise<void>((resolve) => {
      const waiting = new AbortController();
      let socket: Socket | undefined;
      let over = false;
      const end = () => {
        if (over) return;
        over = true;
        waiting.abort();
        signal.removeEventListener('abort', end);
        if (socket) silence(socket);
        if (isOpen) {
          isOpen = false;
          onDown();
        }
        resolve();
      };
      try {
        socket = open(clientId);
      } catch (error) {
        log()?.debug('no socket', { error: String(error) });
        return end();
      }
      endSocket = end;
      socket.binaryType = 'arraybuffer';
      clock.sleep(OPEN_MS, waiting.signal).then(end, () => {});
      signal.addEventListener('abort', end, { once: true });
      const opened = socket;
      socket.onopen = () => {
        waiting.abort();
        serial += 1;
        isOpen = true;
        // Must be the first thing that is sent.
        opened.send(
          JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }),
        );
        stood();
        onOpen();
      };
      const flooded = (what: string) => {
        close();
        onFlood(what);
      };
      const inbox = createSocketInbox({
        maxFrameBytes,
        onEvent: (event) => over || onEvent(event),
        onFlood: flooded,
      });
      socket.onmessage = ({ data }: { data: unknown }) => inbox.take(data);
      socket.onclose = (event?: { code?: number }) => {
        // The platform's own limit was below ours.
        if (event?.code === TOO_BIG && isOpen) flooded('a message too large for this platform');
        end();
      };
      // A close follows, but not everywhere where the socket never stood.
      socket.onerror = () => {
        if (!isOpen) end();
      };
    });

  const close = () => {
    loop?.abort();
    loop = undefined;
    // No other socket gets this id: the server may still be busy with the old one.
    clientId = createClientId();
  };

  const keep = async (clock: Clock, signal: AbortSignal, tried: () => void) => {
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; ) {
      const before = serial;
      await hold(clock, signal, tried);
      tried();
      if (signal.aborted) return;
      if (serial > before) pause = FIRST_PAUSE_MS;
      await clock.sleep(pause * (0.75 + Math.random() / 2), signal).catch(() => {});
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  };

  return {
    get clientId() {
      return clientId;
    },
    get isOpen() {
      return isOpen;
    },
    get serial() {
      return serial;
    },
    want(clock) {
      if (loop) return attempted;
      loop = new AbortController();
      const { signal } = loop;
      attempted = new Promise((resolve) => void keep(clock, signal, resolve));
      return attempted;
    },
    renew() {
      clientId = createClientId();
      endSocket();
    },
    close,
  };
}

function silence(socket: Socket): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  // An error without a listener would end the process in some libraries.
  socket.onerror = () => {};
  socket.close();
}

function createClientId(): string {
  return globalThis.crypto.randomUUID();
}
