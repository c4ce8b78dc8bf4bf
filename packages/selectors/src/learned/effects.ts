import type { ScoreMatrix } from 'comfygen/plugin';

/** A score matrix split into a level for each prompt, a mean for each flow, and the rest. */
export interface Effects {
  rows: number;
  columns: number;
  /** By prompt, around 0: how much easier than others it is. */
  levels: Float64Array;
  /** By flow: the mean score on a usual prompt, shrunk towards that of all flows where little is known. */
  means: Float64Array;
  /** By flow: the standard error of the mean, the flow's own spread among flows where it was never scored. */
  errors: Float64Array;
  /** The mean of all flows' means, and their spread. */
  prior: { mean: number; spread: number };
  /** By flow: how many prompts were scored. */
  counts: number[];
  /** `[prompt × flow]`: what is left; 0 where nothing was scored. */
  rest: Float64Array;
  /** `[prompt × flow]`: 1 where a score is known. */
  known: Uint8Array;
}

const ROUNDS = 20;

/** Splits scores into effects by alternating means, so that flows scored on unequal prompts can be compared. */
export function splitEffects({ scores, flows }: ScoreMatrix): Effects {
  const [rows, columns] = [scores.length, flows.length];
  const known = Uint8Array.from(scores.flat(), (score) => Number(score !== null));
  const values = Float64Array.from(scores.flat(), (score) => score ?? 0);
  const levels = new Float64Array(rows);
  const means = new Float64Array(columns);
  const counts = flows.map((_, column) => scores.filter((row) => row[column] !== null).length);
  for (let round = 0; round < ROUNDS; round += 1) {
    averageInto(means, (column, row) => row * columns + column, rows, values, known, levels);
    averageInto(levels, (row, column) => row * columns + column, columns, values, known, means);
    const middle = levels.reduce((sum, level) => sum + level, 0) / rows;
    for (let row = 0; row < rows; row += 1) levels[row]! -= middle;
    for (let column = 0; column < columns; column += 1) means[column]! += middle;
  }
  const rest = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    if (known[at])
      rest[at] = values[at]! - levels[Math.floor(at / columns)]! - means[at % columns]!;
  }
  return { rows, columns, levels, counts, rest, known, ...shrinkMeans(means, counts, rest) };
}

/** `target[i]` is the mean over j of the known values less the other side's effect. */
function averageInto(
  target: Float64Array,
  cell: (own: number, other: number) => number,
  others: number,
  values: Float64Array,
  known: Uint8Array,
  effects: Float64Array,
): void {
  for (let own = 0; own < target.length; own += 1) {
    let [sum, count] = [0, 0];
    for (let other = 0; other < others; other += 1) {
      const at = cell(own, other);
      if (!known[at]) continue;
      sum += values[at]! - effects[other]!;
      count += 1;
    }
    target[own] = count === 0 ? 0 : sum / count;
  }
}

/** Empirical Bayes: a mean of few scores is drawn towards that of all flows, one of none is that. */
function shrinkMeans(means: Float64Array, counts: readonly number[], rest: Float64Array) {
  const scored = means.filter((_, column) => counts[column]! > 0);
  const mean = averageOf(scored);
  const variance = averageOf(scored.map((value) => (value - mean) ** 2));
  const cells = counts.reduce((sum, count) => sum + count, 0);
  const freedom = Math.max(1, cells - scored.length);
  const noise = rest.reduce((sum, value) => sum + value * value, 0) / freedom;
  // Of what is seen of a mean, this share is the flow's own.
  const trust = counts.map((count) =>
    count === 0 || variance === 0 ? 0 : variance / (variance + noise / count),
  );
  return {
    means: means.map((value, column) => mean + trust[column]! * (value - mean)),
    errors: means.map((_, column) => Math.sqrt(variance * (1 - trust[column]!))),
    prior: { mean, spread: Math.sqrt(variance) },
  };
}

const averageOf = (values: Float64Array) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The same of some prompts only; what is known of the flows stays. */
export function takePrompts(effects: Effects, rows: readonly number[]): Effects {
  const { columns, levels, rest, known } = effects;
  const cells = rows.flatMap((row) =>
    Array.from({ length: columns }, (_, column) => row * columns + column),
  );
  return {
    ...effects,
    rows: rows.length,
    levels: Float64Array.from(rows, (row) => levels[row]!),
    rest: Float64Array.from(cells, (at) => rest[at]!),
    known: Uint8Array.from(cells, (at) => known[at]!),
  };
}
