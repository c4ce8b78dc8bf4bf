/** What we use of a WebSocket: the platform's own and `ws` both fit. */
export interface Socket {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** Opens a socket. `headers` are for platforms that can send them: browsers can't. */
export type OpenSocket = (url: string, options: { headers: Record<string, string> }) => Socket;

type SocketConstructor = new (url: string, options?: unknown) => Socket;

/** Opens the platform's WebSocket; throws where there is none. */
export const openPlatformSocket: OpenSocket = (url, { headers }) => {
  const { WebSocket: Platform } = globalThis as unknown as { WebSocket: SocketConstructor };
  if (Object.keys(headers).length === 0) return new Platform(url);
  try {
    return new Platform(url, { headers });
  } catch {
    // A browser takes protocols there, and refuses these.
    return new Platform(url);
  }
};
