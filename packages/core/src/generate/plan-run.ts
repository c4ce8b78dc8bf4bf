import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief, Selection } from '../spec/index.ts';
import { bindPlans } from './bind-stage.ts';
import { createBrief } from './create-brief.ts';
import { forceFlow, type Offer, offerFlows } from './offer-stage.ts';
import type { Settings } from './resolve-options.ts';
import type { RunContext } from './run-context.ts';
import { firstFlow, selectFlows } from './select-stage.ts';
import type { GenerateOptions, PlanResult, SelectResult } from './types.ts';

/** A brief with the choice that was made for it. */
export interface Choice {
  brief: Brief;
  offer: Offer;
  selection: Selection;
  choiceSeed: number;
}

/** Brief → offer → selection: everything before a graph is touched. */
export async function choose(
  settings: Settings,
  brief: Brief,
  options: GenerateOptions,
  run: RunContext,
): Promise<Choice> {
  const { choiceSeed = 0 } = options;
  if (!Number.isInteger(choiceSeed) || choiceSeed < 0 || choiceSeed >= 2 ** 32) {
    throw new ComfygenError(
      'INVALID_OPTIONS',
      `choiceSeed must be a whole number from 0 to 2^32 − 1; got ${choiceSeed}.`,
    );
  }
  const offer = await offerFlows(settings.flows, settings.executors, brief, run);
  if (options.flow !== undefined) {
    const forced = forceFlow(offer, settings.flows, options.flow);
    return {
      brief,
      offer: forced,
      selection: firstFlow(forced, 'You asked for this flow.'),
      choiceSeed,
    };
  }
  const selection = await selectFlows(settings.selector, brief, offer, choiceSeed, run);
  return { brief, offer, selection, choiceSeed };
}

/** A brief from the caller's words; its warnings become the run's. */
export function briefFor(
  prompt: string,
  options: GenerateOptions,
  warn: RunContext['warn'],
): Brief {
  const warnings: Parameters<typeof createBrief>[2] = [];
  const brief = createBrief(prompt, options, warnings);
  for (const warning of warnings) warn(warning);
  return brief;
}

/** What a choice looks like to the caller. */
export function describeChoice({ brief, offer, selection }: Choice, run: RunContext): SelectResult {
  const offered = offer.flows.map((flow) => flow.id);
  return { brief, selection, offered, skipped: offer.skipped, warnings: [...run.warnings] };
}

/** The choice bound to its brief for the first executor that can run it; nothing is submitted. */
export function planChoice(settings: Settings, choice: Choice, run: RunContext): PlanResult {
  const [first] = choice.selection.ranked;
  const target = choice.offer.executors.find(({ flowIds }) => first && flowIds.has(first.flowId));
  const flow = choice.offer.flows.find((one) => one.id === first?.flowId);
  if (!first || !flow) throw new ComfygenError('NO_FLOW', 'No flow was chosen.');
  const inventory = target?.inventory ?? null;
  const { plans, validation } = bindPlans(flow, first, choice.brief, {
    inventory,
    policy: settings.policy,
    run,
  });
  return { ...describeChoice(choice, run), flow, plan: plans[0], validation };
}
