export { type ExecutorSuiteOptions, executorSuite } from './executor/executor-suite.ts';
export type { ExecutorBackend, ExecutorScenario } from './executor/scenario.ts';
export { encodePng } from './picture.ts';
export type { CaseControl, Runner } from './runner.ts';
export { type ScorerSuiteOptions, scorerSuite } from './scorer/scorer-suite.ts';
export { type SelectorSuiteOptions, selectorSuite } from './selector/selector-suite.ts';
