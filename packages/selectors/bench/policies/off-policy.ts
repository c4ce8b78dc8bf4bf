import { estimateOffPolicy } from '../../src/policies/off-policy/estimate-off-policy.ts';
import { simulateLog } from '../../src/policies/off-policy/simulate-log.ts';

const LOGS = 1_000;
const ESTIMATORS = ['inversePropensity', 'selfNormalised', 'doublyRobust'] as const;

/** How near each estimator comes to the truth of simulated logs, and how often its 95 % interval covers it. */
export async function* measureOffPolicy(): AsyncGenerator<string> {
  for (const runs of [250, 500, 1_000, 2_000]) {
    const near = { inversePropensity: 0, selfNormalised: 0, doublyRobust: 0 };
    const covered = { ...near };
    for (let seed = 0; seed < LOGS; seed += 1) {
      const { records, target, truth } = simulateLog({ seed: 10_000 + seed, runs });
      const estimate = await estimateOffPolicy(records, target);
      for (const name of ESTIMATORS) {
        const { value, low, high } = estimate[name];
        near[name] += Number(Math.abs(value / truth - 1) <= 0.02) / LOGS;
        covered[name] += Number(low <= truth && truth <= high) / LOGS;
      }
    }
    const told = ESTIMATORS.map(
      (name) => `${name} ${percent(near[name])} (interval covers ${percent(covered[name])})`,
    );
    yield `${LOGS} logs of ${runs} runs, within ±2 % of the truth: ${told.join(', ')}`;
  }
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
