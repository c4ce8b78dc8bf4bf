import type { Runner } from '../runner.ts';

/** What became of each case: `passed`, `skipped`, or the error it failed with. */
export type Outcomes = Map<string, 'passed' | 'skipped' | Error>;

/** Runs a suite without a test runner, all cases at once, and says what became of each. */
export async function collectOutcomes(register: (runner: Runner) => void): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const bodies: (void | Promise<void>)[] = [];
  const running: Promise<void>[] = [];
  register({
    describe: (_name, body) => void bodies.push(body()),
    it(name, body) {
      outcomes.set(name, 'passed');
      const skip = () => void outcomes.set(name, 'skipped');
      running.push(body({ skip }).catch((error: Error) => void outcomes.set(name, error)));
    },
  });
  await Promise.all(bodies);
  await Promise.all(running);
  return outcomes;
}

/** Names of the cases that failed. */
export function failedCases(outcomes: Outcomes): string[] {
  return [...outcomes].flatMap(([name, outcome]) => (outcome instanceof Error ? [name] : []));
}
