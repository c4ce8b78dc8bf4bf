export type { CallOptions } from '../calls/call-options.ts';
export type { LanguagePrices } from '../calls/prices.ts';
export { type OpenaiEmbeddingsOptions, openaiEmbeddings } from './openai-embeddings.ts';
export { sentenceEmbeddings } from './sentence-embeddings.ts';
