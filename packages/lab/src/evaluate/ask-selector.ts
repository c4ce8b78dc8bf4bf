import {
  ComfygenError,
  createCallContext,
  type RankedFlow,
  type ScoredPrompt,
  type Selection,
  type SelectorRequest,
  type SelectorV1,
  type Warning,
} from 'comfygen/plugin';

/** The answer of one selector for one prompt. */
export interface Answer {
  /** The flows, best first, only those on offer. */
  ranked: RankedFlow[];
  abstained: boolean;
  micros: number;
  warnings: Warning[];
}

/**
 * Asks a selector as a host would. Flows that were not offered, or are ranked twice, are dropped as core drops them.
 *
 * @throws PART_FAILED naming the selector and the prompt; rethrows the signal's reason
 */
export async function askSelector(
  selector: SelectorV1,
  request: SelectorRequest,
  prompt: ScoredPrompt,
  signal: AbortSignal,
): Promise<Answer> {
  const context = createCallContext({ signal });
  const fail = (reason: string, cause?: unknown) =>
    new ComfygenError('PART_FAILED', `${selector.name} at prompt ${prompt.id}: ${reason}`, {
      part: { role: 'selector', name: selector.name },
      cause,
    });
  let selection: Selection;
  const started = performance.now();
  try {
    selection = await selector.select(request, context);
  } catch (cause) {
    signal.throwIfAborted();
    throw fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const micros = (performance.now() - started) * 1000;
  const left = new Set(request.flows.map(({ id }) => id));
  const ranked = selection.ranked.filter(({ flowId }) => left.delete(flowId));
  if (ranked.length === 0) throw fail('it ranked none of the flows on offer.');
  return { ranked, abstained: selection.abstained === true, micros, warnings: selection.warnings };
}
