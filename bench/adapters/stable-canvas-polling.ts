import { opener } from './stable-canvas.ts';

/** `client.enqueue_polling(prompt)`, each second by default. */
export const open = opener((_, api, { graph }, call) => api.enqueue_polling(graph, call));
