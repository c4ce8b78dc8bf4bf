export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorInfo,
  errorInfo,
  type SubmitMeaning,
} from './errors/codes.ts';
export {
  ComfygenError,
  type ComfygenErrorOptions,
  type JobFate,
} from './errors/comfygen-error.ts';
export { BRIEF_LIMITS } from './generate/brief-limits.ts';
export { type ComfyGen, createComfyGen } from './generate/create-comfygen.ts';
export type { ComfyGenEvents, EventName, EventSource, RunEvent } from './generate/events.ts';
export type { RunStream, StreamEvent } from './generate/stream.ts';
export type {
  Attempt,
  ComfyGenOptions,
  GenerateOptions,
  GenerateResult,
  PictureInput,
  PlanResult,
  ResultImage,
  ResumeResult,
  SelectResult,
  SkippedFlow,
} from './generate/types.ts';
export type { WebhookRequest, WebhookResult } from './generate/webhook.ts';
export {
  type CheckFlowOptions,
  checkFlow,
  type FilteredFlows,
  type FlowCheck,
  filterFlows,
} from './library/check-flow.ts';
export type { MeasuredCost } from './library/check-limits.ts';
export { defineFlow, type FlowInput } from './library/define-flow.ts';
export type { FlowFile } from './library/flow-file.ts';
export type { FlowReason } from './library/flow-reason.ts';
export type * from './spec/index.ts';
export { type MemoryCacheOptions, memoryCache } from './stores/memory-cache.ts';
export { memoryJobStore, memoryRecordStore, memoryTextCache } from './stores/memory-stores.ts';
export type { SafetyPolicy } from './workflow/policy/policy.ts';
