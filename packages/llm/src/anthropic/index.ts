export type { CallOptions } from '../calls/call-options.ts';
export type { LanguagePrices } from '../calls/prices.ts';
export { anthropic } from './anthropic.ts';
export type { AnthropicOptions, AnthropicStructured } from './options.ts';
