import type { ExecutorV1 } from '../../spec/index.ts';
import { type Runner, registerCases, registerLeftOut, SkippedCase, withinCase } from '../runner.ts';
import { abortCases } from './abort-cases.ts';
import { cancelCases } from './cancel-cases.ts';
import { missingNeed } from './case-list.ts';
import { downloadCases } from './download-cases.ts';
import { type ExecutorBench, type ExecutorCase, openBench } from './executor-bench.ts';
import { failureCases } from './failure-cases.ts';
import type { HttpOperation } from './http-backend.ts';
import { hygieneCases } from './hygiene-cases.ts';
import { lifecycleCases } from './lifecycle-cases.ts';
import { manifestCases } from './manifest-cases.ts';
import { outputCases } from './output-cases.ts';
import { pictureCases } from './picture-cases.ts';
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
  /**
   * Scenarios that can't come up on this backend, each with the reason, which is shown with the cases that it leaves
   * out.
   */
  cannot?: { readonly [Scenario in ExecutorScenario]?: string } | undefined;
  /** How long one case may take, in milliseconds. Default 20,000; give the runner a longer limit. */
  limitMs?: number | undefined;
}

/** Every case, in the order of the 46 promises that they prove. */
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
  ...pictureCases,
].toSorted((one, other) => one.proves - other.proves);

/**
 * Registers the contract of executors as test cases, 46 promises that each have one case or more. Which ones apply is
 * read from `supports`, from the methods that are there, from `cannot` and from the backend's `operations`: the others
 * are not registered, and one test names them with the reasons. A case that does apply and whose scenario the backend
 * does not play is skipped, and warned of on the console: it is not proved.
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
  /** A bench on the case's scenario; where it is not played on the plain one. */
  const open = async ({ scenario = 'succeeds' }: ExecutorCase, signal: AbortSignal) => {
    const played = await backend(scenario);
    const used = played ?? (await backend('succeeds'));
    if (!used) throw new Error('The backend must play `succeeds`, `runs` and `fails`.');
    return { ...openBench(() => create(used), used, signal), played: played !== undefined };
  };
  /** For each case why it does not apply to a fresh executor, `undefined` where it does. */
  const whyNot = () =>
    withinCase(limitMs, async (signal) => {
      const used = await open(PLAIN, signal);
      const reasons = CASES.map((one) => whyLeftOut(one, used, cannot));
      await used.close();
      return reasons;
    });
  const cases = CASES.map((one) => ({
    ...one,
    name: `${one.proves}: ${one.name}`,
    async run(bench: ExecutorBench & { played: boolean }) {
      if (!bench.played) throw new SkippedCase(`the backend does not play "${one.scenario}"`);
      await one.run(bench);
    },
  }));
  const listed = (reasons: readonly (string | undefined)[]) =>
    reasons.flatMap((why, at) => (why ? [{ label: String(CASES[at]!.proves), why }] : []));

  runner.describe('executor contract v1', async () => {
    const reasons = await whyNot();
    registerLeftOut(runner, listed(reasons), async () => listed(await whyNot()));
    const applying = cases.filter((_, at) => reasons[at] === undefined);
    registerCases<ExecutorBench & { played: boolean }, (typeof cases)[number]>(runner, applying, {
      open,
      close: (bench) => bench.close(),
      limitMs,
    });
  });
}

/** Why a case does not apply to this executor on this backend; `undefined` where it does. */
function whyLeftOut(
  { needs = [], operation, scenario = 'succeeds' }: ExecutorCase,
  { bare, backend }: ExecutorBench,
  cannot: NonNullable<ExecutorSuiteOptions['cannot']>,
): string | undefined {
  const unmet = missingNeed(bare, needs);
  if (unmet) return unmet;
  if (cannot[scenario]) return `can't come up here, ${scenario}: ${cannot[scenario]}`;
  // A backend without traffic proves none of these: that is warned of, case by case.
  const { operations } = backend.http ?? {};
  if (operation && !ALWAYS.includes(operation) && operations?.includes(operation) === false)
    return `the service has no request for ${operation}`;
  return undefined;
}

/** Any case on the plain scenario. */
const PLAIN: ExecutorCase = { proves: 0, name: 'what it declares', run: async () => {} };

/** Every service has these; the others may come along with them. */
const ALWAYS: readonly HttpOperation[] = ['submit', 'inspect'];
