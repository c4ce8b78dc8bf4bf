import { opener } from './stable-canvas.ts';

/** `client.enqueue(prompt)`. */
export const open = opener((_, api, { graph }, call) => api.enqueue(graph, call));
