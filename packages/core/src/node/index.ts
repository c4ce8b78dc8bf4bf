export type { FetchOptions } from './fetch-workflow.ts';
export type { FlowSource } from './flow-source.ts';
export { folderJobStore } from './folder-job-store.ts';
export { folderRecordStore } from './folder-record-store.ts';
export { folderTextCache } from './folder-text-cache.ts';
export type { DamagedFile, FolderStoreOptions } from './json-folder.ts';
export {
  type ConvertedFile,
  type LoadedFlows,
  type LoadFlowsOptions,
  loadFlows,
  type SkippedFile,
} from './load-flows.ts';
export { loadScores } from './load-scores.ts';
export { readUiWorkflow } from './read-ui-workflow.ts';
