export { comfyui } from './comfyui.ts';
export type { OpenSocket, Socket } from './connection.ts';
export type { ComfyuiOptions } from './options.ts';
