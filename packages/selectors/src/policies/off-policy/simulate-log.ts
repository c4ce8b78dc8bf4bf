import { createRandom, type RunRecord } from 'comfygen/plugin';
import { testRecord } from '../__fixtures__/parts.ts';
import type { TargetPolicy } from './target-policy.ts';

/** A simulated log for which the right answer is known. */
export interface SimulatedLog {
  records: RunRecord[];
  target: TargetPolicy;
  /** The true mean reward of `target` on the prompts of the log. */
  truth: number;
}

const FLOWS = ['a', 'b', 'c', 'd', 'e', 'f'];
const LABELS = ['anime', 'landscape', 'people', 'text'];

/**
 * Runs of a softmax policy over six flows, whose worth differs by label; prompts differ in what any flow
 * gets, and pictures in luck. The target takes the best flow of each label nine times of ten.
 */
export function simulateLog({ seed, runs }: { seed: number; runs: number }): SimulatedLog {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const worth = LABELS.map(() => FLOWS.map(() => 0.55 + 0.08 * normal()));
  const guess = worth.map((row) => row.map((mean) => mean + 0.08 * normal()));
  const logging = guess.map((row) => normalized(row.map((mean) => Math.exp(mean / 0.15))));
  const wanted = worth.map((row) => {
    const best = row.indexOf(Math.max(...row));
    return row.map((_, flow) => (flow === best ? 0.9 : 0.1 / (FLOWS.length - 1)));
  });
  let truth = 0;
  const records = Array.from({ length: runs }, (_, run) => {
    const label = Math.floor(random() * LABELS.length);
    const ease = 0.05 * normal();
    const chances = logging[label]!;
    let flow = 0;
    for (let left = random() - chances[0]!; left >= 0 && flow < FLOWS.length - 1; ) {
      flow += 1;
      left -= chances[flow]!;
    }
    const luck = 0.08 * normal();
    const expected = wanted[label]!.map((chance, one) => chance * (worth[label]![one]! + ease));
    truth += expected.reduce((sum, value) => sum + value, 0) / runs;
    return testRecord(FLOWS[flow]!, worth[label]![flow]! + ease + luck, named(chances), {
      runId: `run-${run}`,
      labels: [LABELS[label]!],
    });
  });
  const target: TargetPolicy = ({ labels }) => named(wanted[LABELS.indexOf(labels[0]!)]!);
  return { records, target, truth };
}

const named = (row: readonly number[]) =>
  Object.fromEntries(row.map((value, flow) => [FLOWS[flow]!, value]));

function normalized(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
