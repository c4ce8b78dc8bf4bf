import type {
  ComfygenError,
  LanguageModelV1,
  LanguageReply,
  LanguageRequest,
  LanguageUsage,
  TextCache,
  Warning,
} from 'comfygen/plugin';

/** The reply of a model, new or from the cache. */
export type ModelReply = Pick<LanguageReply, 'text' | 'stop' | 'model'>;

/** What a reply means: a value, with warnings about parts that were dropped, or all its faults. */
export type Reading<T> = { value: T; warnings: Warning[] } | { faults: string[] };

/** A question to a language model. */
export interface Question<T> {
  llm: LanguageModelV1;
  /** A cache for complete replies that could be used. */
  cache: TextCache | undefined;
  /** How long a reply may take, in milliseconds. */
  timeoutMs: number;
  request: LanguageRequest;
  /** Reads and checks a reply. Called for cached replies too, which may not fit any more. */
  read(reply: ModelReply): Reading<T>;
}

/** Why a question has no answer. */
export interface AskFailure {
  /** The warning's code: the model declined, wrote what can't be used, or could not be asked. */
  code: 'model-refused' | 'reply-unusable' | 'model-failed';
  message: string;
  /** The faults of the reply; empty where none was read. */
  faults: readonly string[];
  /** The error with which the request failed. */
  error?: ComfygenError | undefined;
}

interface Asked {
  /** The model's reply; `undefined` where none came. */
  reply: ModelReply | undefined;
  /** What was paid; `undefined` where nothing was. */
  usage: LanguageUsage | undefined;
  warnings: Warning[];
}

/** The answer to a question: its value, or the failure, with what was paid. */
export type Answer<T> = Asked & ({ value: T; reply: ModelReply } | { failure: AskFailure });
