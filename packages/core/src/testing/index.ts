export { type ExecutorSuiteOptions, executorSuite } from './executor/executor-suite.ts';
export type {
  HttpBackend,
  HttpFault,
  HttpOperation,
  RetryHint,
  SeenRequest,
  WebhookBackend,
  WebhookCall,
} from './executor/http-backend.ts';
export type { ExecutorBackend, ExecutorScenario, MadeFile } from './executor/scenario.ts';
export type { SuiteClock } from './executor/suite-clock.ts';
export { encodePng } from './picture.ts';
export type { CaseControl, Runner } from './runner.ts';
export { type ScorerSuiteOptions, scorerSuite } from './scorer/scorer-suite.ts';
export { type SelectorSuiteOptions, selectorSuite } from './selector/selector-suite.ts';
export { createTestBrief } from './test-brief.ts';
