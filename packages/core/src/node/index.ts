export { folderJobStore } from './folder-job-store.ts';
export { folderRecordStore } from './folder-record-store.ts';
export type { DamagedFile, FolderStoreOptions } from './json-folder.ts';
export {
  type FlowSource,
  type LoadedFlows,
  type LoadFlowsOptions,
  loadFlows,
  type SkippedFile,
} from './load-flows.ts';
