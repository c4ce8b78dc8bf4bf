import type { ExecutorV1 } from '../../spec/index.ts';
import { type Runner, registerCases } from '../runner.ts';
import { abortCases } from './abort-cases.ts';
import { cancelCases } from './cancel-cases.ts';
import { closeBench, type ExecutorBench, type ExecutorCase, openBench } from './executor-bench.ts';
import { failureCases } from './failure-cases.ts';
import { lifecycleCases } from './lifecycle-cases.ts';
import { manifestCases } from './manifest-cases.ts';
import type { ExecutorBackend, ExecutorScenario } from './scenario.ts';
import { watchCases } from './watch-cases.ts';

/** What the suite needs of an executor's author. */
export interface ExecutorSuiteOptions<B extends ExecutorBackend = ExecutorBackend> {
  /** A fresh executor on that backend; must do no I/O. Some cases ask for two on one backend. */
  create(backend: B): ExecutorV1;
  /** A fresh backend, set to play the scenario. Called once a case. */
  backend(scenario: ExecutorScenario): B | Promise<B>;
  /** How long one case may take, in milliseconds. Default 20,000; give the runner a longer limit. */
  limitMs?: number | undefined;
}

const CASES = [
  ...manifestCases,
  ...lifecycleCases,
  ...watchCases,
  ...failureCases,
  ...cancelCases,
  ...abortCases,
];

/**
 * Registers the contract of executors as test cases. Which ones apply is read from `supports`; the others are
 * shown as skipped, with the reason. There is no other way to leave one out.
 *
 * @example
 * executorSuite({ describe, it }, {
 *   backend: async (scenario) => startFakeServer(scenario), // { url, workflow, close }
 *   create: ({ url }) => myExecutor({ url }), // after backend, from which its type is read
 * });
 */
export function executorSuite<B extends ExecutorBackend>(
  runner: Runner,
  { create, backend, limitMs = 20_000 }: ExecutorSuiteOptions<B>,
): void {
  runner.describe('executor contract v1', () => {
    registerCases<ExecutorBench, ExecutorCase>(runner, CASES, {
      open: async ({ scenario = 'succeeds' }, signal) => {
        const played = await backend(scenario);
        return openBench(() => create(played), played, signal);
      },
      close: closeBench,
      limitMs,
    });
  });
}
