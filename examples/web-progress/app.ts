// A picture over server-sent events: GET /pictures?prompt=… tells how far it is, and ends with it.
import { type ComfyGen, ComfygenError } from 'comfygen';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

/** An app with the route. A visitor who goes away takes the job along. */
export function createApp(comfygen: Pick<ComfyGen, 'stream'>): Hono {
  const app = new Hono();
  app.get('/pictures', (c) =>
    streamSSE(c, async (visitor) => {
      const tell = (event: string, data: object) =>
        visitor.writeSSE({ event, data: JSON.stringify(data) });
      const run = comfygen.stream(c.req.query('prompt') ?? '', { timeoutMs: 60_000 });
      // At once, and not with the next event: the job is canceled while it waits.
      visitor.onAbort(() => void run.return());
      try {
        // What the visitor is too slow for is left out: only the newest progress waits.
        for await (const event of run) {
          const { type, runId } = event;
          if (type === 'run-start') await tell('start', { runId });
          if (type === 'execute-queued')
            await tell('waiting', { ahead: event.ahead, waitedMs: event.waitedMs });
          if (type === 'execute-progress') await tell('progress', { fraction: event.fraction });
          if (type === 'result') {
            const { bytes, mediaType } = event.result.best;
            await tell('picture', { mediaType, base64: Buffer.from(bytes).toString('base64') });
          }
        }
      } catch (error) {
        if (!ComfygenError.is(error)) throw error;
        const { code, message, runId } = error;
        await tell('failed', { code, message, runId });
      }
    }),
  );
  return app;
}
