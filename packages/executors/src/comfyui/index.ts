export { comfyui } from './comfyui.ts';
export type { ComfyuiOptions } from './options.ts';
export type { OpenSocket, Socket } from './socket.ts';
