export {
  type FlowSource,
  type LoadedFlows,
  type LoadFlowsOptions,
  loadFlows,
  type SkippedFile,
} from './load-flows.ts';
