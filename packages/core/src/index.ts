export { ERROR_CODES, type ErrorCode } from './errors/codes.ts';
export { ComfygenError, type ComfygenErrorOptions } from './errors/comfygen-error.ts';
export {
  type CheckFlowOptions,
  checkFlow,
  type FlowCheck,
  type FlowReason,
} from './library/check-flow.ts';
export { defineFlow, type FlowInput } from './library/define-flow.ts';
export { type FilteredFlows, filterFlows, type SkippedFlow } from './library/filter-flows.ts';
export type * from './spec/index.ts';
