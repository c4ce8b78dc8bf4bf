import { opener } from './stable-canvas.ts';

/** `client.enqueue_polling(prompt)` each 50 ms. */
export const open = opener((_, api, { graph }, call) =>
  api.enqueue_polling(graph, { ...call, polling_ms: 50 }),
);
