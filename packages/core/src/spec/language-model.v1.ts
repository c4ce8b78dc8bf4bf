import type { CallContext, Warning } from './context.v1.ts';
import type { JsonObject } from './json.v1.ts';

/** A piece of a message. */
export type LanguageContent =
  | { type: 'text'; text: string }
  | { type: 'image'; bytes: Uint8Array; mediaType: string };

/** One turn of a conversation. */
export interface LanguageMessage {
  role: 'user' | 'assistant';
  content: string | LanguageContent[];
}

/** What a language model is asked. */
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
  /** Of the input, read from the provider's cache. */
  cachedTokens: number;
  /** US dollars; `null` where the price is not known. */
  costUsd: number | null;
}

/** A model's answer. */
export interface LanguageReply {
  /** What it wrote, unparsed: whoever asked for JSON checks it. */
  text: string;
  /** Why it stopped: done, cut at `maxTokens`, or it declined. */
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
    /** The provider holds the reply to `schema` while it writes. */
    structured: boolean;
    /** `cache` marks make repeated prefixes cheaper. */
    promptCache: boolean;
    images: boolean;
  };
  /**
   * One reply. Rethrows `ctx.signal.reason`. Throws MISSING_SETTING, AUTH, FORBIDDEN, PAYMENT, NOT_FOUND (no such
   * model), RATE_LIMITED with `retryAfterMs`, PAYLOAD_TOO_LARGE, UNAVAILABLE, CLIENT_TIMEOUT at `ctx.deadline`, and
   * PROTOCOL where a request is refused or an answer makes no sense. A refusal is a reply.
   */
  generate(request: LanguageRequest, ctx: CallContext): Promise<LanguageReply>;
}

/** Keeps texts by key, so that the same question is not paid for twice. */
export interface TextCache {
  /** `undefined` where none is kept. */
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string): Promise<void>;
}
