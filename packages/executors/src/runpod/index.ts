export type { RunpodOptions } from './options.ts';
export { runpod } from './runpod.ts';
