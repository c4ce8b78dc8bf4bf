import { createRandom } from 'comfygen/plugin';
import { thompsonChances } from '../../src/policies/explore/chances.ts';
import { normalCdf } from '../../src/policies/statistics.ts';

/** The error of Thompson's chances for two flows, where they are known exactly, and the time for many. */
export async function* measureChances(): AsyncGenerator<string> {
  const random = createRandom(3);
  let worst = 0;
  for (let trial = 0; trial < 10_000; trial += 1) {
    const beliefs = [0, 1].map(() => ({ mean: random(), deviation: 10 ** (-2 + 2 * random()) }));
    const [one, other] = beliefs as [(typeof beliefs)[0], (typeof beliefs)[0]];
    const truth = normalCdf((one.mean - other.mean) / Math.hypot(one.deviation, other.deviation));
    worst = Math.max(worst, Math.abs(thompsonChances(beliefs, 1)[0]! - truth));
  }
  yield `two flows, deviations from 0.01 to 1: largest error ${worst.toExponential(1)} (10,000 trials)`;
  for (const flows of [24, 310]) {
    const beliefs = Array.from({ length: flows }, () => ({
      mean: random(),
      deviation: 0.05 + 0.2 * random(),
    }));
    const times: number[] = [];
    for (let trial = 0; trial < 100; trial += 1) {
      const start = performance.now();
      thompsonChances(beliefs, 1);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    yield `${flows} flows: median ${times[50]!.toFixed(2)} ms, 95 % ${times[95]!.toFixed(2)} ms`;
  }
}
