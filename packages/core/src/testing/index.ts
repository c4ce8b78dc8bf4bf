export { createTestClock, type TestClock, type TestClockOptions } from './clock/test-clock.ts';
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
export { encodePng } from './picture.ts';
export type { CaseControl, Runner } from './runner.ts';
export { type ScorerSuiteOptions, scorerSuite } from './scorer/scorer-suite.ts';
export { findSecret, spellSecret } from './secrets.ts';
export { type SelectorSuiteOptions, selectorSuite } from './selector/selector-suite.ts';
export {
  createFakeService,
  type FakeReply,
  type FakeRequest,
  type FakeRoute,
  type FakeService,
  type FakeServiceOptions,
} from './service/fake-service.ts';
export type { FaultScript } from './service/faults.ts';
export {
  type BackendServer,
  createHttpBackend,
  type HttpBackendOptions,
} from './service/http-backend.ts';
export { createScenarioGraph } from './service/scenario-graph.ts';
export {
  createServiceBackend,
  type ServiceBackend,
  type ServiceBackendOptions,
} from './service/service-backend.ts';
export type { StoreBench, StoreSuiteOptions } from './store/store-bench.ts';
export { jobStoreSuite, recordStoreSuite, textCacheSuite } from './store/store-suites.ts';
export { createTestBrief } from './test-brief.ts';
export { createTestFlow, createTestGraph, type InputChanges } from './test-flow.ts';
export { createTestPlan } from './test-plan.ts';
