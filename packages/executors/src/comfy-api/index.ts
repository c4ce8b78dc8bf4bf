export { comfyApi } from './comfy-api.ts';
export type { ComfyApiOptions } from './options.ts';
