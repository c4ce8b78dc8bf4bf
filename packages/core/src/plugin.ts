export { NUMBER_WORDS, RELATION_PHRASES } from './brief/lexicon.ts';
export { splitPrompt } from './brief/split-prompt.ts';
export { ERROR_CODES, type ErrorCode } from './errors/codes.ts';
export { ComfygenError, type ComfygenErrorOptions } from './errors/comfygen-error.ts';
export type * from './spec/index.ts';
export { createCallContext, silentLog } from './util/call-context.ts';
export { systemClock } from './util/clock.ts';
export { defineExecutor, defineScorer, defineSelector } from './util/define.ts';
