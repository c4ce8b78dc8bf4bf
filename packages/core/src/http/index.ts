export { createHider } from '../errors/hider.ts';
export { checkGraph, type GraphIssue, refuse } from '../jobs/check-graph.ts';
export {
  codeOfText,
  executionFailure,
  failureOfProblems,
  failureOfText,
  type PromptProblem,
  promptFailure,
} from '../jobs/comfyui-failure.ts';
export { createForwardGate, isTerminal } from '../jobs/job-state.ts';
export {
  type JobFile,
  listOutputs,
  type OutputTags,
  readTags,
  tagOutputs,
} from '../jobs/output-tags.ts';
export { createRecent, type Recent } from '../jobs/recent.ts';
export {
  cancelAndLook,
  type JobWords,
  lookTwice,
  stateOf,
  type ToldJob,
  toSnapshot,
} from '../jobs/snapshot.ts';
export {
  type JobListener,
  type ListenOptions,
  type WatchOptions,
  watchByPolling,
  watchListeners,
} from '../jobs/watch.ts';
export { parseJson, stringifyJson } from '../workflow/json.ts';
export { type Answer, excerpt, readValue } from './answer.ts';
export { secretsOfAddress } from './base-address.ts';
export { fromBase64, toBase64 } from './base64.ts';
export { decodeFile, downloadFile, type FileRequest } from './download-file.ts';
export { fileNameOf, isWebPage, kindOfFile, mediaTypeOfName } from './file-type.ts';
export {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type StreamRequest,
} from './http-client.ts';
export { failureText } from './network-failure.ts';
export { type ParseOptions, parseInPieces } from './parse-in-pieces.ts';
export { readRetryAfter } from './response-error.ts';
export { readServerEvents, type ServerEvent } from './server-events.ts';
export { type VerifyOptions, verifyWebhook, type WebhookCall } from './standard-webhooks.ts';
