import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers a WebSocket's handshake, and gives what writes a message to it: a text, or bytes. */
export function openSocket(
  request: IncomingMessage,
  socket: Duplex,
): (message: string | Buffer) => void {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  return (message) => {
    const body = typeof message === 'string' ? Buffer.from(message) : message;
    const type = typeof message === 'string' ? 0x81 : 0x82;
    socket.write(Buffer.concat([headOf(type, body.length), body]));
  };
}

function headOf(type: number, length: number): Buffer {
  if (length < 126) return Buffer.from([type, length]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = type;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
