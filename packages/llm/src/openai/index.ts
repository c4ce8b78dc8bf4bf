export { openai } from './openai.ts';
export type { OpenaiOptions, OpenaiStructured } from './options.ts';
