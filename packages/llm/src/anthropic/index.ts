export { anthropic } from './anthropic.ts';
export type { AnthropicOptions, AnthropicStructured } from './options.ts';
