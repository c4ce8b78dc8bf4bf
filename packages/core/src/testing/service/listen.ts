import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 200;
const PAUSE_MS = 50;

/** Listens on a free port and resolves to it. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/**
 * Listens on the port that the server had before. While it was down, some connection of another process may
 * have been given that port: it is waited for, 10 seconds at most.
 */
export async function listenAgain(server: Server, port: number, host: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await listen(server, port, host);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
