import type { PredictedGain } from 'comfygen/plugin';
import type { Effects } from './effects.ts';

/**
 * What came true of predicted gains, on training prompts that were left out: choosing by prediction instead of always
 * taking the best single flow won `slope` times what was predicted.
 */
export interface GainRecord {
  slope: number;
  /** Standard error of the slope. */
  error: number;
  /** Number of prompts behind the slope, and of those where another flow than the best single one was chosen. */
  prompts: number;
  changed: number;
}

/** Fewer prompts say nothing. */
const LEAST_PROMPTS = 30;
/** One sided: a selector that wins nothing is taken for one that does in one case of a hundred. */
const SURE = 2.326;
const NORMAL_TAIL = 1.645;

/** Standard errors that a flow's rank loses: it is ranked by the lower end of a 90 % interval of its mean. */
export const CAUTION = 1.645;

/** The flow to take where nothing is known of the prompt: the best mean, less what is uncertain about it. */
function bestSingle(flows: readonly { mean: number; error: number }[]): number {
  let best = 0;
  for (let flow = 1; flow < flows.length; flow += 1) {
    if (cautious(flows[flow]!) > cautious(flows[best]!)) best = flow;
  }
  return best;
}

const cautious = ({ mean, error }: { mean: number; error: number }) => mean - CAUTION * error;

/** Chooses for each training prompt as if it were new, and looks what that won. */
export function recordGain(
  held: Float64Array,
  scores: readonly (readonly (number | null)[])[],
  { means, errors }: Effects,
): GainRecord {
  const flows = Array.from(means, (mean, flow) => ({ mean, error: errors[flow]! }));
  const single = bestSingle(flows);
  const pairs = scores.flatMap((row, at) => {
    const own = Array.from(errors, (error, flow) => ({
      mean: held[at * flows.length + flow]!,
      error,
    }));
    const chosen = bestSingle(own);
    const [won, instead] = [row[chosen]!, row[single]!];
    if (won === null || instead === null) return [];
    return [
      {
        changed: chosen !== single,
        predicted: own[chosen]!.mean - own[single]!.mean,
        real: won - instead,
      },
    ];
  });
  const count = pairs.length;
  const changed = pairs.filter((pair) => pair.changed).length;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  const predicted = mean(pairs.map((pair) => pair.predicted));
  if (count < LEAST_PROMPTS || predicted <= 0)
    return { slope: 0, error: 0, prompts: count, changed };
  const real = mean(pairs.map((pair) => pair.real));
  const variance = mean(pairs.map((pair) => (pair.real - real) ** 2));
  return {
    slope: short(real / predicted),
    error: short(Math.sqrt(variance / count) / predicted),
    prompts: count,
    changed,
  };
}

const short = (value: number) => Number(value.toPrecision(6));

/** Whether choosing by prediction wins for sure, one-sided at 1 %. */
export function isProven({ slope, error }: GainRecord): boolean {
  return slope - SURE * error > 0;
}

/** The gain to expect from a predicted difference, by the record, with an interval for its expected value. */
export function gainOf(
  { slope, error }: GainRecord,
  over: string,
  difference: number,
): PredictedGain {
  const at = (factor: number) => difference * factor;
  return {
    over,
    mean: at(slope),
    interval: [at(slope - NORMAL_TAIL * error), at(slope + NORMAL_TAIL * error)],
  };
}
