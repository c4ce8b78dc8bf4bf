import type { RunRecord, SelectorV1 } from '../spec/index.ts';
import { type RunContext, settleBy } from './run-context.ts';

/**
 * Hands a scored run to a selector that learns. One that fails to learn is a warning: the images are there.
 * Rethrows an abort.
 */
export async function teachSelector(
  selector: SelectorV1 | undefined,
  record: RunRecord,
  run: RunContext,
): Promise<void> {
  if (!selector?.learn || record.images.every(({ score }) => score === null)) return;
  const { call, warn } = run;
  const part = { role: 'selector', name: selector.name } as const;
  try {
    const learned = await settleBy(call.signal, async () => selector.learn?.([record], call));
    for (const warning of learned?.warnings ?? []) warn({ part, ...warning });
  } catch (error) {
    call.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    warn({ code: 'not-learned', message: `${selector.name} did not learn: ${reason}`, part });
  }
}
