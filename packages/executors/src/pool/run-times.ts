/** A newer run counts for so much at least. */
const WEIGHT = 0.3;
/** Half of what sets a member apart is forgotten after so long without a run. */
const HALF_LIFE_MS = 600_000;
/** Until anything was measured. */
const FIRST_GUESS_MS = 10_000;
/** Flows that are kept apart. */
const KEPT = 256;

interface Mean {
  value: number;
  runs: number;
}

interface FlowTimes {
  /** Run time with the models in memory. */
  warm?: Mean;
  /** Run time with the models still to be loaded. */
  cold?: Mean;
}

/** Mean run times by flow, kept apart by whether models had to be loaded first; recent runs count more. */
export interface RunTimes {
  /** Adds a run that has ended. */
  record(flowId: string, runMs: number, cold: boolean, now: number): void;
  /** The expected time of a run in milliseconds; `undefined` before the first. */
  estimate(flowId: string, cold: boolean): number | undefined;
  /** When the last run was recorded, on the monotonic clock. */
  readonly recordedAt: number | undefined;
}

/** Run times without any measured yet. */
export function createRunTimes(): RunTimes {
  const flows = new Map<string, FlowTimes>();
  const all: FlowTimes = {};
  let recordedAt: number | undefined;
  return {
    get recordedAt() {
      return recordedAt;
    },
    record(flowId, runMs, cold, now) {
      recordedAt = now;
      const known = flows.get(flowId);
      const times: FlowTimes = known ?? {};
      if (!known) flows.set(flowId, times);
      if (flows.size > KEPT) flows.delete(flows.keys().next().value!);
      const kind = cold ? 'cold' : 'warm';
      times[kind] = add(times[kind], runMs);
      all[kind] = add(all[kind], runMs);
    },
    estimate: (flowId, cold) => read(flows.get(flowId), cold) ?? read(all, cold),
  };
}

function add(mean: Mean | undefined, value: number): Mean {
  if (!mean) return { value, runs: 1 };
  const weight = Math.max(WEIGHT, 1 / (mean.runs + 1));
  return { value: mean.value + weight * (value - mean.value), runs: mean.runs + 1 };
}

/** Until it was measured, loading is taken to last as long as a run. */
function read(times: FlowTimes | undefined, cold: boolean): number | undefined {
  const { warm, cold: loading } = times ?? {};
  if (cold) return loading?.value ?? (warm && warm.value * 2);
  return warm?.value ?? (loading && loading.value / 2);
}

/**
 * How long a run on a member will take, in milliseconds: as measured there, drawn towards what all members take
 * together the older that measure is.
 */
export function expectRunMs(
  { flowId, cold, now }: { flowId: string; cold: boolean; now: number },
  memberTimes: RunTimes,
  poolTimes: RunTimes,
): number {
  const common = poolTimes.estimate(flowId, cold) ?? (cold ? 2 * FIRST_GUESS_MS : FIRST_GUESS_MS);
  const measured = memberTimes.estimate(flowId, cold);
  if (measured === undefined) return common;
  const age = Math.max(0, now - (memberTimes.recordedAt ?? now));
  return common + (measured - common) * 0.5 ** (age / HALF_LIFE_MS);
}
