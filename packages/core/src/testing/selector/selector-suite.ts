import type { Flow, SelectorV1 } from '../../spec/index.ts';
import { exampleFlows } from '../example-flows.ts';
import { type Runner, registerCases, registerLeftOut } from '../runner.ts';
import { answerCases } from './answer-cases.ts';
import { callCases } from './call-cases.ts';
import { promptCases } from './prompt-cases.ts';
import { openBench, type SelectorBench, type SelectorCase } from './selector-bench.ts';

/** What the suite needs of a selector's author. */
export interface SelectorSuiteOptions {
  /** A fresh selector; must do no I/O. What it talks to is the author's to set up. */
  create(): SelectorV1;
  /** At least two flows to choose from. Default: four small ones with different tags. */
  flows?: readonly Flow[] | undefined;
  /** How long one case may take, in milliseconds. Default 20,000; give the runner a longer limit. */
  limitMs?: number | undefined;
}

const CASES: readonly SelectorCase[] = [...answerCases, ...promptCases, ...callCases];

/**
 * Registers the contract of selectors as test cases. Which ones apply is read from `supports` and from the
 * methods that are there: one test names the others, with the reasons.
 *
 * @example
 * selectorSuite({ describe, it }, { create: () => mySelector() });
 */
export function selectorSuite(
  runner: Runner,
  { create, flows = exampleFlows(), limitMs = 20_000 }: SelectorSuiteOptions,
): void {
  const leftOut = (part: SelectorV1) =>
    CASES.flatMap((one) => {
      const why = one.leftOut?.(part);
      return why === undefined ? [] : [{ label: one.name, why }];
    });
  const part = create();
  const applying = CASES.filter((one) => one.leftOut?.(part) === undefined);
  runner.describe('selector contract v1', () => {
    registerLeftOut(runner, leftOut(part), async () => leftOut(create()));
    registerCases<SelectorBench, SelectorCase>(runner, applying, {
      open: async (_case, signal) => openBench(create, flows, signal),
      close: async ({ selector }) => void (await selector.dispose?.()),
      limitMs,
    });
  });
}
