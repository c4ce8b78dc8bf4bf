export type { FetchOptions } from './fetch-bytes.ts';
export { readBytes } from './files.ts';
export {
  folderImageCache,
  folderJobStore,
  folderRecordStore,
  folderTextCache,
} from './folder-stores.ts';
export {
  type ConvertedFile,
  type LoadedFlows,
  type LoadFlowsOptions,
  loadFlows,
  type SkippedFile,
} from './load-flows.ts';
export { loadScores } from './load-scores.ts';
export { readPngText } from './png-text.ts';
export {
  type FlowSource,
  type ReadGraphOptions,
  readGraph,
  readUiWorkflow,
} from './read-workflow.ts';
export { type SqliteStore, type SqliteStoreOptions, sqliteStore } from './sqlite-store.ts';
export type { DamagedFile, StoreOptions } from './stored-documents.ts';
