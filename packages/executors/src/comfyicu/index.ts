export { comfyicu } from './comfyicu.ts';
export type { ComfyicuOptions } from './options.ts';
