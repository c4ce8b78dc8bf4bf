import type { Outcome, ServedJob } from './types.ts';

/** How a job settled: as it should, otherwise, or never. */
export type Verdict = 'right' | 'wrong' | 'hung';

/** Compares what a client gave with what the server made for that job. */
export function judge(
  { state, seed, wanted, outputs = {} }: Outcome,
  expected: 'done' | 'failed' | 'either',
  served: readonly ServedJob[],
): Verdict {
  if (state === 'hung') return 'hung';
  if (state === 'failed') return expected === 'done' ? 'wrong' : 'right';
  if (expected === 'failed') return 'wrong';
  const own = served.filter((job) => job.seed === seed && job.ok);
  const same = own.some((job) =>
    wanted.every((id) => job.outputs[id]?.length && `${job.outputs[id]}` === `${outputs[id]}`),
  );
  return same ? 'right' : 'wrong';
}

/** The value below which this share lies: nearest rank. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? undefined : round(value);
}

/** Three digits after the point are more than we know. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
