export { splitPrompt } from './brief/split-prompt.ts';
export { parseScoreTable, sealScoreTable } from './documents/score-table.ts';
export {
  type DocumentKind,
  openDocument,
  type SealedDocument,
  sealDocument,
} from './documents/seal.ts';
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
export { redactText } from './errors/redact.ts';
export type * from './spec/index.ts';
export { createCallContext } from './util/call-context.ts';
export { monotonic, systemClock } from './util/clock.ts';
export {
  type Complete,
  type Defined,
  defineExecutor,
  defineScorer,
  defineSelector,
} from './util/define.ts';
export { freezeDeep } from './util/freeze-deep.ts';
export { isObject } from './util/is-object.ts';
export { letOthersRun } from './util/let-others-run.ts';
export { loadSetting, type SettingSource } from './util/load-setting.ts';
export { nearest } from './util/nearest.ts';
export { isPng } from './util/png.ts';
export { createRandom } from './util/random.ts';
export { parseOptions, type StandardSchema } from './util/read-as.ts';
export { type PngInfo, type PngLimits, type PngRow, readPng } from './util/read-png.ts';
export { untilAborted, withinLimit } from './util/settle.ts';
export { uploadAgain, uploadFiles } from './util/upload-files.ts';
export {
  createPacer,
  finishWork,
  type Made,
  runAtOnce,
  runInSlices,
  type Work,
} from './util/work.ts';
export { namesIn, wrapExecutor, wrapScorer, wrapSelector } from './util/wrap.ts';
export { warningLevel } from './warnings/levels.ts';
