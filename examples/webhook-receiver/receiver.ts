// The route that a service calls when a job goes on: POST /webhooks/<executor>.
import { type ComfyGen, ComfygenError } from 'comfygen';
import { Hono } from 'hono';

/** An app with the route, for every executor that reads webhooks. */
export function createReceiver(comfygen: Pick<ComfyGen, 'webhook'>): Hono {
  const app = new Hono();
  app.post('/webhooks/:executor', async (c) => {
    try {
      // The request as it came: its signature covers every byte of the body.
      const told = await comfygen.webhook(c.req.param('executor'), c.req.raw);
      // After a 404 services call again, and by then the job may be known.
      return c.json(told, told.known ? 200 : 404);
    } catch (error) {
      if (!ComfygenError.is(error)) throw error;
      if (error.code === 'FORBIDDEN' || error.code === 'PROTOCOL') return c.body(null, 403);
      if (error.code === 'INVALID_OPTIONS') return c.body(null, 404);
      return c.body(null, 503);
    }
  });
  return app;
}
