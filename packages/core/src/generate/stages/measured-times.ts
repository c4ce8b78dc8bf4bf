import type { MeasuredCost } from '../../library/check-limits.ts';
import type { Brief, RunRecord } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import type { Settings } from '../options.ts';
import type { RunContext } from '../run-context.ts';
import { inTime } from '../time-limits.ts';

/** Of how many of a flow's last runs on an executor the median is taken. */
const LAST_RUNS = 20;
/** Before the deadline most of the time is kept for the picture. */
const SHARE = 0.2;
/** Runs whose time says nothing of one flow: tries that failed are in it, or nothing was made. */
const ODD = ['fell-back', 'retried', 'uploaded-again', 'images-missing', 'from-cache'];

/** Measured costs by executor, then by flow. */
export type Measured = { [executor: string]: { [flowId: string]: MeasuredCost } };

/**
 * How long one picture took on each executor, from the records: the median of a flow's last runs, of the time from
 * their submit to their last picture, waiting in the backend's queue included. Read only where a limit asks for it and
 * a flow does not state it. What can't be read in time costs a warning.
 */
export async function measureTimes(
  { records, flows }: Settings,
  { limits }: Brief,
  { call, timeouts, warn }: RunContext,
): Promise<Measured> {
  const isAsked = limits.maxDurationMs !== undefined;
  if (!isAsked || flows.every(({ cost }) => typeof cost.durationMs === 'number')) return {};
  const times = new Map<string, Map<string, number[]>>();
  try {
    await inTime(call, { limitMs: timeouts.storeMs, share: SHARE }, async ({ signal }) => {
      for await (const record of records.list()) {
        signal.throwIfAborted();
        const time = timeOf(record);
        if (time === undefined) continue;
        const ofExecutor = times.get(record.executor) ?? new Map<string, number[]>();
        times.set(record.executor, ofExecutor);
        const last = [...(ofExecutor.get(record.flowId) ?? []), time].slice(-LAST_RUNS);
        ofExecutor.set(record.flowId, last);
      }
    });
  } catch (error) {
    call.signal.throwIfAborted();
    const message = `The records of earlier runs could not be read: ${messageOf(error)}`;
    warn({ code: 'records-unread', message });
    // What was read by then depends on how busy the machine is; the choice must not.
    return {};
  }
  const medians = (flowTimes: Map<string, number[]>) =>
    Object.fromEntries(Array.from(flowTimes, ([id, all]) => [id, { durationMs: median(all) }]));
  return Object.fromEntries(Array.from(times, ([name, flowTimes]) => [name, medians(flowTimes)]));
}

/** The time of one picture of a run; `undefined` where its time is not that of its flow alone. */
function timeOf({ images, timings, warnings, candidates }: RunRecord): number | undefined {
  if (candidates || warnings.some(({ code }) => ODD.includes(code))) return undefined;
  // A flow that saves a draft too has several files at one place of its batch.
  const pictures = new Set(images.map(({ seed, batchIndex = 0 }) => `${seed} ${batchIndex}`));
  const time = timings.executeMs / pictures.size;
  return Number.isFinite(time) ? time : undefined;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return Math.round((sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2);
}
