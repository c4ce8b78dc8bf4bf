import { ComfygenError, type LanguageModelV1 } from 'comfygen';
import { didYouMean } from '../render/did-you-mean.ts';

type Load = (model: { model: string; baseUrl?: string }) => Promise<LanguageModelV1>;

const PROVIDERS: { [name: string]: Load } = {
  anthropic: async (model) => (await import('@comfygen/llm/anthropic')).anthropic(model),
  openai: async (model) => (await import('@comfygen/llm/openai')).openai(model),
};

const GRAMMAR = /^([^:@]+):(.+?)(?:@(https?:\/\/.+))?$/;
const HINT =
  'Write PROVIDER:MODEL, and behind an @ the address of a server of your own, for example --llm openai:llama3.1:8b@http://127.0.0.1:11434/v1';

/** `anthropic:MODEL`, or `openai:MODEL@URL` for any server that speaks chat completions. @throws INVALID_OPTIONS */
export async function loadLanguageModel(text: string): Promise<LanguageModelV1> {
  const [, provider = '', model = '', baseUrl] = GRAMMAR.exec(text) ?? [];
  const load = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  if (load !== undefined) return load({ model, ...(baseUrl !== undefined && { baseUrl }) });
  const names = Object.keys(PROVIDERS);
  const message =
    provider === ''
      ? `"${text}" names no language model.`
      : `There is no provider of language models named "${provider}".${didYouMean(provider, names)} There is: ${names.join(', ')}.`;
  throw new ComfygenError('INVALID_OPTIONS', message, { details: { llm: text, hint: HINT } });
}
