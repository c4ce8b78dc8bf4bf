export type { CallOptions } from '../calls/call-options.ts';
export type { LanguagePrices } from '../calls/prices.ts';
export { openai } from './openai.ts';
export type { OpenaiOptions, OpenaiStructured } from './options.ts';
