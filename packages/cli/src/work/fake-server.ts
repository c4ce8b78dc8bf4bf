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
  const [{ embedded }, { runOn, startFakeComfyui }, { coreCatalogue }] = await Promise.all([
    import('@comfygen/embedded'),
    import('@comfygen/executors/testing'),
    import('comfygen/workflow/catalogue'),
  ]);
  const executor = embedded();
  try {
    const { catalogue, models } = await executor.inventory!(createCallContext({ signal }));
    const own = catalogue ?? {};
    const server = await startFakeComfyui({
      ...{ models, port, host },
      info: { ...coreCatalogue, ...own },
      run: runOn(executor),
      runs: (workflow) =>
        Object.values(workflow).every(({ class_type }) => Object.hasOwn(own, class_type)),
    }).catch((error: unknown) => {
      const message = `Nothing can listen on ${host}:${port}: ${(error as Error).message}`;
      throw new ComfygenError('UNAVAILABLE', message, { cause: error });
    });
    io.out(`${server.url}\n`);
    io.err(
      "A fake ComfyUI with all of core's nodes. The emoji world draws what it has the nodes for, other graphs get " +
        'stand-in pictures. Ctrl-C ends it.\n',
    );
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
