import type { CallContext, Warning } from './context.v1.ts';
import type { JsonObject } from './json.v1.ts';

/** A part of a message: a text or an image. */
export type LanguageContent =
  | { type: 'text'; text: string }
  | { type: 'image'; bytes: Uint8Array; mediaType: string };

/** One turn of a conversation. */
export interface LanguageMessage {
  role: 'user' | 'assistant';
  content: string | LanguageContent[];
}

/** A request to a language model: instructions, messages, and the form of the reply. */
export interface LanguageRequest {
  /**
   * Instructions, in parts; a part with `cache` ends a prefix that is the same in many requests, for the provider's
   * prompt cache.
   */
  system?: { text: string; cache?: boolean | undefined }[] | undefined;
  /** At least one; the last is the user's. */
  messages: LanguageMessage[];
  /** The reply must be JSON of this schema. Where `supports.structured` is false it is only asked for in words. */
  schema?: { name: string; schema: JsonObject } | undefined;
  /** Most tokens of the reply. Default: the model's own. */
  maxTokens?: number | undefined;
  /** 0 to 2. Default: the provider's own; models that take none ignore it with a warning. */
  temperature?: number | undefined;
}

/** Tokens, and what they cost where prices are known. */
export interface LanguageUsage {
  /** All tokens read, cached ones included. */
  inputTokens: number;
  outputTokens: number;
  /** Those of `inputTokens` that were read from the provider's cache. */
  cachedTokens: number;
  /** US dollars; `null` where the price is not known. */
  costUsd: number | null;
}

/** A model's answer. */
export interface LanguageReply {
  /** The reply as the model wrote it: a caller who asked for JSON has to parse and check it. */
  text: string;
  /** Why the model stopped: it was done, was cut at `maxTokens`, declined (`refusal`), or something else. */
  stop: 'end' | 'length' | 'refusal' | 'other';
  /** The model that answered, as the provider names it. */
  model: string;
  usage: LanguageUsage;
  warnings: Warning[];
}

/** A language model behind one interface, for selectors and scorers. */
export interface LanguageModelV1 {
  spec: 'v1';
  role: 'language-model';
  /** The provider: `anthropic`, `openai`. */
  name: string;
  /** The model's id as it was asked for; part of every cache key. */
  model: string;
  supports: {
    /** The provider makes the model follow `schema` while it writes. */
    structured: boolean;
    /** Parts marked `cache` make requests with the same prefix cheaper. */
    promptCache: boolean;
    images: boolean;
  };
  /**
   * The model's reply; one in which it declines is a reply too. Rethrows `ctx.signal.reason`. Throws MISSING_SETTING,
   * AUTH, FORBIDDEN, PAYMENT, NOT_FOUND (no such model), RATE_LIMITED with `retryAfterMs`, PAYLOAD_TOO_LARGE,
   * UNAVAILABLE, CLIENT_TIMEOUT at `ctx.deadline`, and PROTOCOL where a request is refused or an answer makes no
   * sense.
   */
  generate(request: LanguageRequest, ctx: CallContext): Promise<LanguageReply>;
}

/** Keeps texts by key, so that the same question is not paid for twice. */
export interface TextCache {
  /** The text that is kept under this key; `undefined` where none is. */
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string): Promise<void>;
}
