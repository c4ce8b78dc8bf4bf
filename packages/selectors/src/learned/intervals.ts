import type { Effects } from './effects.ts';

/** The 90 % interval around a predicted score: how far scores lie below and above it. */
export interface Reach {
  below: number;
  above: number;
}

/** Each side leaves out one in twenty. */
const TAIL = 0.05;
const NORMAL_TAIL = 1.645;
/** Below this many scores a flow's own errors tell less than those of all flows. */
const ENOUGH = 40;

/**
 * By flow, from the errors on prompts that were left out (split conformal in the form of leave-one-out); a flow of few
 * scores gets the errors of all. What is uncertain about the flow's mean comes on top.
 */
export function measureReach(
  held: Float64Array,
  scores: readonly (readonly (number | null)[])[],
  { errors }: Effects,
): { all: Reach; flows: Reach[] } {
  const columns = errors.length;
  const missed = Array.from(errors, (_, column) =>
    scores.flatMap((row, at) =>
      row[column] === null ? [] : [row[column]! - held[at * columns + column]!],
    ),
  );
  const all = quantiles(missed.flat());
  const flows = missed.map((own, column) =>
    widen(own.length < ENOUGH ? all : quantiles(own), errors[column]!),
  );
  return { all, flows };
}

/** The interval widened by a further standard error. */
export function widen({ below, above }: Reach, error: number): Reach {
  const more = NORMAL_TAIL * error;
  return { below: short(Math.hypot(below, more)), above: short(Math.hypot(above, more)) };
}

function quantiles(errors: readonly number[]): Reach {
  const sorted = [...errors].sort((a, b) => a - b);
  // Between two errors where the share falls between them: few errors would else reach too far.
  const rank = Math.max(0, (sorted.length + 1) * TAIL - 1);
  const [lower, part] = [Math.floor(rank), rank % 1];
  const between = (near: number, next: number) => near + part * (next - near);
  const last = sorted.length - 1;
  const low = between(sorted[lower]!, sorted[Math.min(lower + 1, last)]!);
  const high = between(sorted[last - lower]!, sorted[Math.max(last - lower - 1, 0)]!);
  return { below: short(Math.max(0, -low)), above: short(Math.max(0, high)) };
}

const short = (value: number) => Number(value.toPrecision(5));
