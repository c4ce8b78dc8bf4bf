import { ComfygenError } from 'comfygen';
import { createCallContext } from 'comfygen/plugin';
import type { Run } from '../terminal/io.ts';

/** Options of `fake-server`. */
export interface FakeServerOptions {
  port: number;
  host: string;
}

/** `fake-server`: serves until Ctrl-C. */
export async function fakeServer(
  { port, host }: FakeServerOptions,
  { io, signal }: Run,
): Promise<number> {
  const [{ embedded }, { runOn, startFakeComfyui }] = await Promise.all([
    import('@comfygen/embedded'),
    import('@comfygen/executors/testing'),
  ]);
  const executor = embedded();
  try {
    const { catalogue, models } = await executor.inventory!(createCallContext({ signal }));
    const run = runOn(executor);
    const server = await startFakeComfyui({ info: catalogue ?? {}, models, run, port, host }).catch(
      (error: unknown) => {
        const message = `Nothing can listen on ${host}:${port}: ${(error as Error).message}`;
        throw new ComfygenError('UNAVAILABLE', message, { cause: error });
      },
    );
    io.out(`${server.url}\n`);
    io.err('A fake ComfyUI that draws with the emoji world. Ctrl-C ends it.\n');
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await server.close();
    return 0;
  } finally {
    await executor.dispose?.();
  }
}
