import type { ScorerRequest, ScorerV1 } from '../../spec/index.ts';
import { type Runner, registerCases, registerLeftOut } from '../runner.ts';
import { brokenCases } from './broken-cases.ts';
import { callCases } from './call-cases.ts';
import { exampleImages } from './example-images.ts';
import { scoreCases } from './score-cases.ts';
import { openBench, type ScorerBench, type ScorerCase } from './scorer-bench.ts';

/** What the suite needs of a scorer's author. */
export interface ScorerSuiteOptions {
  /** A fresh scorer; must do no I/O. What it talks to is the author's to set up. */
  create(): ScorerV1;
  /** Images that it can judge, at least one. Default: five small PNGs, from one colour to noise. */
  images?: readonly ScorerRequest['image'][] | undefined;
  /** What the images are said to show. Default `a red apple`. */
  prompt?: string | undefined;
  /** How long one case may take, in milliseconds. Default 20,000; give the runner a longer limit. */
  limitMs?: number | undefined;
}

const CASES: readonly ScorerCase[] = [...scoreCases, ...brokenCases, ...callCases];

/**
 * Registers the contract of scorers as test cases. Which ones apply is read from `supports` and from the
 * methods that are there: one test names the others, with the reasons.
 *
 * @example
 * scorerSuite({ describe, it }, { create: () => myScorer() });
 */
export function scorerSuite(
  runner: Runner,
  {
    create,
    images = exampleImages(),
    prompt = 'a red apple',
    limitMs = 20_000,
  }: ScorerSuiteOptions,
): void {
  const leftOut = (part: ScorerV1) =>
    CASES.flatMap((one) => {
      const why = one.leftOut?.(part);
      return why === undefined ? [] : [{ label: one.name, why }];
    });
  const part = create();
  const applying = CASES.filter((one) => one.leftOut?.(part) === undefined);
  runner.describe('scorer contract v1', () => {
    registerLeftOut(runner, leftOut(part), async () => leftOut(create()));
    registerCases<ScorerBench, ScorerCase>(runner, applying, {
      open: async (_case, signal) => openBench({ create, images, prompt, signal }),
      close: async ({ scorer }) => void (await scorer.dispose?.()),
      limitMs,
    });
  });
}
