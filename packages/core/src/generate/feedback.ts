import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Feedback } from '../spec/index.ts';
import { noSuchRun } from '../stores/verdicts.ts';
import type { Settings } from './options.ts';
import { readRecord, readVerdict } from './read-answers.ts';
import { type RunContext, wrapFailure } from './run-context.ts';
import { inTime } from './time-limits.ts';

/** Adds a verdict to a record and lets the selector learn from it. @throws NOT_FOUND, INVALID_OPTIONS */
export async function giveFeedback(
  settings: Settings,
  runId: string,
  verdict: Pick<Feedback, 'value' | 'imageHash' | 'note'>,
  run: RunContext,
): Promise<void> {
  const own = readVerdict(verdict);
  if (typeof runId !== 'string')
    throw new ComfygenError('INVALID_OPTIONS', 'A verdict is on a run, which its runId names.');
  run.runId = runId;
  const { imageHash } = own;
  const { call, timeouts } = run;
  const kept = { limitMs: timeouts.storeMs };
  const found = await inTime(call, kept, () => settings.records.get(runId));
  if (!found) throw noSuchRun(runId);
  const record = readRecord(found);
  if (imageHash !== undefined && !record.images.some((image) => image.hash === imageHash)) {
    throw new ComfygenError('NOT_FOUND', `Run ${runId} made no image ${imageHash}.`, {
      details: { runId, imageHash },
    });
  }
  const given = { ...own, at: settings.clock.now() };
  const updated = { ...record, feedback: [...record.feedback, given] };
  const { records, selector } = settings;
  await inTime(call, kept, () =>
    records.addFeedback ? records.addFeedback(runId, given) : records.append(updated),
  );
  if (!selector?.learn) return;
  try {
    const step = { limitMs: timeouts.learnMs };
    await inTime(call, step, async (inner) => selector.learn?.([updated], inner));
  } catch (error) {
    throw wrapFailure(error, { role: 'selector', name: selector.name }, call.signal);
  }
}
