export type { ReplicateOptions } from './options.ts';
export { replicate } from './replicate.ts';
