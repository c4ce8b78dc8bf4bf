import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Feedback } from '../spec/index.ts';
import { noSuchRun } from '../stores/verdicts.ts';
import { untilAborted } from '../util/settle.ts';
import type { Settings } from './options.ts';
import { type RunContext, wrapFailure } from './run-context.ts';

/** Adds a verdict to a record and lets the selector learn from it. @throws NOT_FOUND, INVALID_OPTIONS */
export async function giveFeedback(
  settings: Settings,
  runId: string,
  verdict: Pick<Feedback, 'value' | 'imageHash' | 'note'>,
  run: RunContext,
): Promise<void> {
  const { value, imageHash } = verdict;
  if (!(value >= 0 && value <= 1))
    throw new ComfygenError('INVALID_OPTIONS', `A verdict is a number from 0 to 1; got ${value}.`);
  const { signal } = run.call;
  const record = await untilAborted(signal, () => settings.records.get(runId));
  if (!record) throw noSuchRun(runId);
  if (imageHash !== undefined && !record.images.some((image) => image.hash === imageHash)) {
    throw new ComfygenError('NOT_FOUND', `Run ${runId} made no image ${imageHash}.`, {
      details: { runId, imageHash },
    });
  }
  const given = { ...verdict, at: settings.clock.now() };
  const updated = { ...record, feedback: [...record.feedback, given] };
  const { records, selector } = settings;
  await untilAborted(signal, () =>
    records.addFeedback ? records.addFeedback(runId, given) : records.append(updated),
  );
  if (!selector?.learn) return;
  try {
    await untilAborted(signal, async () => selector.learn?.([updated], run.call));
  } catch (error) {
    throw wrapFailure(error, { role: 'selector', name: selector.name }, signal);
  }
}
