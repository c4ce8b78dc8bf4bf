export { type OpenaiEmbeddingsOptions, openaiEmbeddings } from './openai-embeddings.ts';
export { sentenceEmbeddings } from './sentence-embeddings.ts';
