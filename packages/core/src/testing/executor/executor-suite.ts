import type { ExecutorV1 } from '../../spec/index.ts';
import { type Runner, registerCases, SkippedCase } from '../runner.ts';
import { abortCases } from './abort-cases.ts';
import { cancelCases } from './cancel-cases.ts';
import { missingNeed } from './case-list.ts';
import { downloadCases } from './download-cases.ts';
import { type ExecutorBench, type ExecutorCase, openBench } from './executor-bench.ts';
import { failureCases } from './failure-cases.ts';
import { hygieneCases } from './hygiene-cases.ts';
import { lifecycleCases } from './lifecycle-cases.ts';
import { manifestCases } from './manifest-cases.ts';
import { outputCases } from './output-cases.ts';
import { pollingCases } from './polling-cases.ts';
import { referenceCases } from './reference-cases.ts';
import type { ExecutorBackend, ExecutorScenario } from './scenario.ts';
import { seedCases } from './seed-cases.ts';
import { submitCases } from './submit-cases.ts';
import { submitFaultCases } from './submit-fault-cases.ts';
import { watchCases } from './watch-cases.ts';
import { webhookCases } from './webhook-cases.ts';

/** What the suite needs of an executor's author. */
export interface ExecutorSuiteOptions<B extends ExecutorBackend = ExecutorBackend> {
  /** A fresh executor on that backend; must do no I/O. Some cases ask for two on one backend. */
  create(backend: B): ExecutorV1;
  /** A fresh backend, set to play the scenario; `undefined` for one that it does not play. Called once a case. */
  backend(scenario: ExecutorScenario): B | undefined | Promise<B | undefined>;
  /** Scenarios that can't come up on this backend, each with the reason, which is shown where its cases are left out. */
  cannot?: { readonly [Scenario in ExecutorScenario]?: string } | undefined;
  /** How long one case may take, in milliseconds. Default 20,000; give the runner a longer limit. */
  limitMs?: number | undefined;
}

/** Every case, in the order of the 45 promises that they prove. */
export const CASES: readonly ExecutorCase[] = [
  ...lifecycleCases,
  ...referenceCases,
  ...watchCases,
  ...submitCases,
  ...submitFaultCases,
  ...pollingCases,
  ...abortCases,
  ...outputCases,
  ...downloadCases,
  ...seedCases,
  ...failureCases,
  ...cancelCases,
  ...webhookCases,
  ...hygieneCases,
  ...manifestCases,
].toSorted((one, other) => one.proves - other.proves);

/**
 * Registers the contract of executors as test cases, 45 promises that each have one case or more. Which ones apply is
 * read from `supports`; the others are shown as skipped, with the reason. A case that does apply and whose scenario the
 * backend does not play is skipped too, and warned of on the console: it is not proved.
 *
 * @example
 * executorSuite({ describe, it }, {
 *   backend: async (scenario) => startFakeServer(scenario), // { url, workflow, http, clock, close }
 *   create: ({ url }) => myExecutor({ url }), // after backend, from which its type is read
 * });
 */
export function executorSuite<B extends ExecutorBackend>(
  runner: Runner,
  { create, backend, cannot = {}, limitMs = 20_000 }: ExecutorSuiteOptions<B>,
): void {
  /** A bench on the case's scenario; where it is not played on the plain one, which is enough to read `supports`. */
  const open = async ({ scenario = 'succeeds' }: ExecutorCase, signal: AbortSignal) => {
    const played = scenario in cannot ? undefined : await backend(scenario);
    const used = played ?? (await backend('succeeds'));
    if (!used) throw new Error('The backend must play `succeeds`, `runs` and `fails`.');
    return { ...openBench(() => create(used), used, signal), played: played !== undefined };
  };
  const cases = CASES.map((one) => ({
    ...one,
    name: `${one.proves}: ${one.name}`,
    skip: ({ bare }: ExecutorBench) => {
      const unmet = missingNeed(bare, one.needs ?? []);
      const reason = cannot[one.scenario ?? 'succeeds'];
      return unmet ?? (reason && `can't come up here: ${reason}`);
    },
    async run(bench: ExecutorBench & { played: boolean }) {
      if (!bench.played) throw new SkippedCase(`the backend does not play "${one.scenario}"`);
      await one.run(bench);
    },
  }));
  runner.describe('executor contract v1', () => {
    registerCases(runner, cases, { open, close: (bench) => bench.close(), limitMs });
  });
}
