import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** One message of the server: `{ type, data }`. */
export interface ServerMessage {
  type: string;
  data: Record<string, unknown>;
}

/** The server's open sockets. */
export interface SocketHub {
  /** Completes a WebSocket upgrade that the HTTP server received. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends a message to one client, or to all where `client` is `undefined`. */
  send(client: string | undefined, message: ServerMessage): void;
  /** Sends a preview image: as a frame of type 4 to clients that asked for it, else of type 1. */
  preview(client: string | undefined, frame: PreviewFrame): void;
  /** Whether the client gets type 4 previews, which come before the step's progress; type 1 comes after it. */
  hasMetadata(client: string | undefined): boolean;
  /** How many sockets are open, including those that `deafen` cut off. */
  readonly size: number;
  /** Breaks all connections without a closing handshake. */
  drop(): void;
  /** Sends nothing more to the sockets that are open now, and leaves them open: upstream's bug 16010. */
  deafen(): void;
  /** Resolves once all messages sent so far have arrived. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A preview image of one node of one job. */
interface PreviewFrame {
  promptId: string;
  nodeId: string;
  mediaType: 'image/jpeg' | 'image/png';
  bytes: Uint8Array;
}

interface Client {
  socket: WebSocket;
  flags: Record<string, unknown> | undefined;
}

/**
 * Makes a hub; `greet` gives the messages that a client gets when it connects, `features` what it is answered that tells
 * its own.
 */
export function createSocketHub(
  greet: (clientId: string) => ServerMessage[],
  features: Record<string, unknown>,
): SocketHub {
  const table = new Map<string, Client>();
  const open = new Set<WebSocket>();
  const server = new WebSocketServer({ noServer: true });
  const write = ({ socket }: Client, message: ServerMessage) =>
    socket.send(JSON.stringify(message));
  const targets = (client: string | undefined) => {
    if (client === undefined) return [...table.values()];
    const one = table.get(client);
    return one ? [one] : [];
  };
  const hasMetadata = (client: string | undefined) =>
    targets(client)[0]?.flags?.['supports_preview_metadata'] === true;

  server.on('connection', (socket: WebSocket, clientId: string) => {
    const client: Client = { socket, flags: undefined };
    table.set(clientId, client);
    open.add(socket);
    for (const message of greet(clientId)) write(client, message);
    let first = true;
    socket.on('message', (raw) => {
      if (!first) return;
      first = false;
      const message = JSON.parse(String(raw)) as ServerMessage;
      if (message.type !== 'feature_flags') return;
      client.flags = message.data;
      write(client, { type: 'feature_flags', data: features });
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      // As upstream does it, by the id alone: it may be another socket's entry by now.
      table.delete(clientId);
    });
  });

  return {
    accept(request, socket, head) {
      const { searchParams } = new URL(request.url ?? '/', 'http://fake');
      const clientId = searchParams.get('clientId') ?? crypto.randomUUID().replaceAll('-', '');
      server.handleUpgrade(request, socket, head, (one) =>
        server.emit('connection', one, clientId),
      );
    },
    send(client, message) {
      for (const target of targets(client)) write(target, message);
    },
    preview(client, frame) {
      for (const target of targets(client))
        target.socket.send(
          target.flags?.['supports_preview_metadata']
            ? frameWithMetadata(frame)
            : plainFrame(frame),
        );
    },
    hasMetadata,
    get size() {
      return open.size;
    },
    drop() {
      for (const socket of open) socket.terminate();
    },
    deafen: () => table.clear(),
    // A pong proves that all before its ping has arrived.
    async flush() {
      await Promise.all([...open].map(ping));
    },
    async close() {
      for (const socket of open) socket.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Resolves with the socket's pong, or when it is gone. */
function ping(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('pong', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('pong', done);
    socket.on('close', done);
    socket.ping(undefined, undefined, (error) => {
      if (error) done();
    });
  });
}

/** u32 type 1, u32 format (1 JPEG, 2 PNG), bytes; big-endian. */
function plainFrame({ mediaType, bytes }: PreviewFrame): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(1, 0);
  head.writeUInt32BE(mediaType === 'image/jpeg' ? 1 : 2, 4);
  return Buffer.concat([head, bytes]);
}

/** u32 type 4, u32 length, JSON, bytes. */
function frameWithMetadata({ promptId, nodeId, mediaType, bytes }: PreviewFrame): Buffer {
  const metadata = Buffer.from(
    JSON.stringify({
      node_id: nodeId,
      prompt_id: promptId,
      display_node_id: nodeId,
      parent_node_id: null,
      real_node_id: nodeId,
      image_type: mediaType,
    }),
  );
  const head = Buffer.alloc(8);
  head.writeUInt32BE(4, 0);
  head.writeUInt32BE(metadata.length, 4);
  return Buffer.concat([head, metadata, bytes]);
}
