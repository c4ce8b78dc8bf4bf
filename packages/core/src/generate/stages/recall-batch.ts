import type { Brief, RunRecord } from '../../spec/index.ts';
import { messageOf } from '../../util/message-of.ts';
import type { Settings } from '../options.ts';
import type { RunContext } from '../run-context.ts';
import { inTime } from '../time-limits.ts';
import type { GenerateOptions } from '../types.ts';

/**
 * The brief with the count of the run whose picture is to be made again, where its record is kept and the caller gave
 * none: samplers that add noise as they go draw it for the whole batch, so its size matters.
 */
export async function recallBatch(
  { records }: Settings,
  brief: Brief,
  { flow }: Pick<GenerateOptions, 'flow'>,
  { call, timeouts, warn }: RunContext,
): Promise<Brief> {
  const { index, count, seed, prompt } = brief;
  if (index === undefined || count !== undefined) return brief;
  const sizeIn = (record: RunRecord): number => {
    const batch = record.images.filter(
      (image) =>
        image.seed === String(seed) && (image.flowId ?? record.flowId) === (flow ?? record.flowId),
    );
    return record.prompt === prompt
      ? Math.max(0, ...batch.map(({ batchIndex = 0 }) => batchIndex + 1))
      : 0;
  };
  let found: { size: number; runId: string } | undefined;
  try {
    await inTime(call, { limitMs: timeouts.storeMs }, async ({ signal }) => {
      for await (const record of records.list()) {
        signal.throwIfAborted();
        const size = sizeIn(record);
        if (size > index && record.brief?.['index'] === undefined)
          found = { size, runId: record.runId };
      }
    });
  } catch (error) {
    call.signal.throwIfAborted();
    const reason = messageOf(error);
    warn({
      code: 'records-unread',
      message: `The records of earlier runs could not be read: ${reason}`,
    });
  }
  if (found === undefined) return brief;
  const message = `Image ${index} is taken of a batch of ${found.size}, as in run ${found.runId}.`;
  warn({ code: 'count-recalled', message });
  return { ...brief, count: found.size };
}
