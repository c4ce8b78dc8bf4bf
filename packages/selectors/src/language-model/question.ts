import type {
  ComfygenError,
  LanguageModelV1,
  LanguageReply,
  LanguageRequest,
  LanguageUsage,
  TextCache,
  Warning,
} from 'comfygen/plugin';

/** What a model wrote, now or when the same was asked before. */
export type ModelReply = Pick<LanguageReply, 'text' | 'stop' | 'model'>;

/** What was made of a reply: a value with what had to be left out of it, or everything that is wrong with it. */
export type Reading<T> = { value: T; warnings: Warning[] } | { faults: string[] };

/** Something to ask a language model. */
export interface Question<T> {
  llm: LanguageModelV1;
  /** Whole replies that could be used are kept here. */
  cache: TextCache | undefined;
  /** How long a reply may take, in milliseconds. */
  timeoutMs: number;
  request: LanguageRequest;
  /** Checks a reply; asked again of a kept one, which may not fit any more. */
  read(reply: ModelReply): Reading<T>;
}

/** Why there is no answer. */
export interface AskFailure {
  /** Stable, for the warning: the model declined, wrote what can't be used, or could not be asked. */
  code: 'model-refused' | 'reply-unusable' | 'model-failed';
  message: string;
  /** What was wrong with the reply; empty where nothing was read. */
  faults: readonly string[];
  /** Why it could not be asked. */
  error?: ComfygenError | undefined;
}

interface Asked {
  /** `undefined` where none came. */
  reply: ModelReply | undefined;
  /** `undefined` where nothing was paid. */
  usage: LanguageUsage | undefined;
  warnings: Warning[];
}

/** What a question gave. */
export type Answer<T> = Asked & ({ value: T; reply: ModelReply } | { failure: AskFailure });
