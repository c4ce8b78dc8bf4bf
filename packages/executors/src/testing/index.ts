export type { AssetStore, StoredAsset } from './comfy-api/asset-store.ts';
export {
  type FakeComfyApi,
  type FakeComfyApiOptions,
  startFakeComfyApi,
} from './comfy-api/fake-comfy-api.ts';
export type { ComfyApiTimeline, FakeJob, FakeOutput, JobTable } from './comfy-api/job-table.ts';
export {
  type FakeComfyicu,
  type FakeComfyicuOptions,
  startFakeComfyicu,
} from './comfyicu/fake-comfyicu.ts';
export type { FakeComfyicuTimeline, FakeRun, RunBody } from './comfyicu/run-table.ts';
export {
  type FakeComfyui,
  type FakeComfyuiOptions,
  startFakeComfyui,
} from './comfyui/fake-comfyui.ts';
export {
  type GraphRun,
  NodeFailure,
  type PreviewImage,
  type RunGraph,
} from './comfyui/graph-run.ts';
export type { FakeTimeline } from './comfyui/paint-graph.ts';
export { runOn } from './comfyui/run-on.ts';
export type {
  HistoryEntry,
  NodeOutput,
  QueueItem,
  ServerState,
  StoredFile,
} from './comfyui/server-state.ts';
export {
  type FakeReplicate,
  type FakeReplicateOptions,
  startFakeReplicate,
} from './replicate/fake-replicate.ts';
export type { FakePrediction, FakeReplicateTimeline } from './replicate/prediction-table.ts';
export type { HandlerResult } from './runpod/comfy-worker.ts';
export {
  type FakeRunpod,
  type FakeRunpodOptions,
  startFakeRunpod,
} from './runpod/fake-runpod.ts';
export type { Policy, RunpodJob, RunpodJobs, RunpodTimeline } from './runpod/job-table.ts';
