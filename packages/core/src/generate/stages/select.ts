import { ComfygenError } from '../../errors/comfygen-error.ts';
import { slotsNamePart } from '../../library/check-flow.ts';
import type { RankedFlow, Selection, SelectorV1 } from '../../spec/index.ts';
import { untilAborted } from '../../util/settle.ts';
import type { Settings } from '../options.ts';
import { readAnswer } from '../read-answers.ts';
import { type RunContext, wrapFailure } from '../run-context.ts';
import type { GenerateOptions } from '../types.ts';
import { readParts } from './brief.ts';
import { forceFlow, type Offer } from './offer.ts';
import { preferSized } from './prefer-sized.ts';

/** A ranking of what was on offer. */
export interface Choice {
  offer: Offer;
  selection: Selection;
  choiceSeed: number;
}

/** The selector's choice, or the flow that the caller asked for. @throws NO_FLOW */
export async function chooseFlow(
  settings: Settings,
  offer: Offer,
  { flow, choiceSeed = 0 }: Pick<GenerateOptions, 'flow' | 'choiceSeed'>,
  run: RunContext,
): Promise<Choice> {
  if (flow !== undefined) {
    const forced = forceFlow(offer, settings.flows, flow);
    const passedOver = offer.flows.map(({ id }) => id).filter((id) => id !== flow);
    const selection = { ...firstFlow(forced, 'You asked for this flow.'), passedOver };
    return { offer: forced, selection, choiceSeed };
  }
  const sized = preferSized(offer, run);
  const selection = await selectFlows(settings.selector, sized, choiceSeed, run);
  // A graph that the selector wrote may name parts that no flow of the library asked for.
  const namesParts = selection.ranked.some(({ slots }) => slots && slotsNamePart(slots));
  if (!namesParts || offer.brief.parts !== undefined)
    return { offer: sized, selection, choiceSeed };
  const brief = await readParts(settings, offer.brief, run);
  return { offer: { ...sized, brief }, selection, choiceSeed };
}

/** Asks the selector; what it may not do is left out with a warning. @throws NO_FLOW where nothing is ranked. */
async function selectFlows(
  selector: SelectorV1 | undefined,
  offer: Offer,
  choiceSeed: number,
  run: RunContext,
): Promise<Selection> {
  if (offer.flows.length === 0) {
    const reasons = offer.skipped
      .slice(0, 3)
      .map(({ flowId, reasons: [first] }) => `${flowId}: ${first?.message}`);
    throw new ComfygenError(
      'NO_FLOW',
      `No flow of the library can run here and fits the brief.${reasons.length ? ` ${reasons.join('. ')}.` : ''}`,
      {
        details: { skipped: offer.skipped.length },
      },
    );
  }
  if (!selector) return firstFlow(offer);
  const part = { role: 'selector', name: selector.name } as const;
  const inventory = offer.executors[0]?.inventory ?? null;
  let selection: Selection;
  let ranked: RankedFlow[];
  try {
    // A copy, since a selector may sort what it gets.
    const request = { brief: offer.brief, flows: [...offer.flows], inventory, choiceSeed };
    const answer = await untilAborted(run.call.signal, () => selector.select(request, run.call));
    selection = readAnswer('selection', answer, part);
    for (const warning of selection.warnings) run.warn(warning, part);
    ranked = keepValid(selection.ranked, offer, (message) =>
      run.warn({ code: 'selection-corrected', message }, part),
    );
  } catch (error) {
    throw wrapFailure(error, part, run.call.signal);
  }
  if (ranked.length === 0)
    throw new ComfygenError('NO_FLOW', `${selector.name} ranked no flow: ${selection.reason}`, {
      part,
    });
  return { ...selection, ranked };
}

/** A forced or a lone choice, stated as such. */
function firstFlow(offer: Offer, reason?: string): Selection {
  const ranked = offer.flows.map((flow, index): RankedFlow => {
    const why =
      index === 0
        ? (reason ?? 'No selector is plugged in; it is the first that can run.')
        : 'Next in the library.';
    return {
      flowId: flow.id,
      score: null,
      interval: null,
      probability: index === 0 ? 1 : 0,
      reason: why,
    };
  });
  return { ranked, labels: [], reason: ranked[0]?.reason ?? '', warnings: [] };
}

function keepValid(
  ranked: RankedFlow[],
  offer: Offer,
  warn: (message: string) => void,
): RankedFlow[] {
  const offered = new Set(offer.flows.map((flow) => flow.id));
  const seen = new Set<string>();
  const kept = ranked.filter(({ flowId }) => {
    if (!offered.has(flowId)) warn(`It ranked "${flowId}", which was not offered.`);
    else if (seen.has(flowId)) warn(`It ranked "${flowId}" twice.`);
    else return Boolean(seen.add(flowId));
    return false;
  });
  const total = kept.reduce((sum, { probability }) => sum + probability, 0);
  const sound = kept.every(({ probability: p }) => p >= 0 && p <= 1) && Math.abs(total - 1) < 1e-6;
  if (sound || kept.length === 0) return kept;
  warn(`Its choice probabilities sum to ${total}; they were replaced by 1 for the first flow.`);
  return kept.map((flow, index) => ({ ...flow, probability: index === 0 ? 1 : 0 }));
}
