import {
  type Flow,
  type Limits,
  parseOptions,
  type RankedFlow,
  type Selection,
  type SelectorV1,
  type Warning,
  wrapSelector,
} from 'comfygen/plugin';
import { z } from 'zod';
import { type FlowPrices, holdAgainst, strictest } from './budget-limits.ts';

const amount = z.number().nonnegative();
const amounts = z.record(z.string(), amount);
const schema = z
  .strictObject({
    maxCost: amount.optional(),
    maxDurationMs: amount.optional(),
    maxVramGb: amount.optional(),
    commercialUse: z.boolean().optional(),
    costs: amounts.optional(),
    durationsMs: amounts.optional(),
    unknown: z.enum(['refuse', 'allow']).optional(),
  })
  .refine(({ maxCost, costs }) => maxCost === undefined || costs !== undefined, {
    error: 'maxCost needs costs: what an image costs, by flow id',
  })
  .refine(
    ({ maxDurationMs, durationsMs }) => maxDurationMs === undefined || durationsMs !== undefined,
    {
      error: 'maxDurationMs needs durationsMs: how long a job takes, by flow id',
    },
  );

/** Options of `budget`: limits, and the costs and run times to check them against. */
export interface BudgetOptions extends Limits, FlowPrices {
  /** Whether a flow may be chosen whose cost or run time is not known. Default `refuse`. */
  unknown?: 'refuse' | 'allow' | undefined;
}

/**
 * Hard limits: no flow that breaks one is offered to the selector or left in its ranking. The brief's own
 * limits hold too, whichever is stricter, against these costs and durations. Where nothing is left, the
 * ranking is empty. What was dropped, and why, is a warning.
 *
 * @throws INVALID_OPTIONS
 */
export function budget<T extends SelectorV1>(selector: T, options: BudgetOptions): T {
  const name = `budget-${selector.name}`;
  const parsed = parseOptions({ role: 'selector', name }, schema, options);
  return wrapSelector(selector, (part) => ({
    name,
    runOptions: { ...part.runOptions, [name]: [] },
    async select(request, ctx) {
      ctx.signal.throwIfAborted();
      const limits = strictest(parsed, request.brief.limits);
      const dropped = new Map<string, string>();
      const flows = request.flows.filter((flow) => {
        const why = whyDropped(flow, limits, parsed);
        if (why !== undefined) dropped.set(flow.id, why);
        return why === undefined;
      });
      if (flows.length === 0 && dropped.size > 0) return nothingLeft(dropped);
      const selection = await part.select({ ...request, flows }, ctx);
      return holdRanking(selection, flows, limits, parsed, dropped);
    },
  }));
}

function whyDropped(flow: Flow, limits: Limits, options: BudgetOptions): string | undefined {
  const { broken, unknown } = holdAgainst(flow, limits, options);
  const reasons = options.unknown === 'allow' ? broken : [...broken, ...unknown];
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/**
 * Takes out what the selector should not have ranked: a flow not offered, or a graph of its own, whose cost nobody
 * knows.
 */
function holdRanking(
  selection: Selection,
  flows: readonly Flow[],
  limits: Limits,
  { unknown }: BudgetOptions,
  dropped: Map<string, string>,
): Selection {
  const ids = new Set(flows.map(({ id }) => id));
  const isLimited = Object.values(limits).some((limit) => limit !== undefined && limit !== false);
  const ranked = selection.ranked.filter(({ flowId, workflow }) => {
    if (!ids.has(flowId)) return false;
    if (workflow === undefined || unknown === 'allow' || !isLimited) return true;
    dropped.set(flowId, 'the selector wrote a graph of its own, of which nothing is known');
    return false;
  });
  if (dropped.size === 0 && ranked.length === selection.ranked.length) return selection;
  const warnings = dropped.size === 0 ? [] : [warningOf(dropped)];
  return {
    ...selection,
    ranked: withChances(ranked),
    warnings: [...selection.warnings, ...warnings],
  };
}

function withChances(ranked: RankedFlow[]): RankedFlow[] {
  const total = ranked.reduce((sum, { probability }) => sum + probability, 0);
  if (Math.abs(total - 1) < 1e-9) return ranked;
  return ranked.map((flow, place) => ({ ...flow, probability: place === 0 ? 1 : 0 }));
}

function nothingLeft(dropped: Map<string, string>): Selection {
  const warning = warningOf(dropped);
  return { ranked: [], labels: [], reason: warning.message, warnings: [warning] };
}

const SHOWN = 3;

function warningOf(dropped: ReadonlyMap<string, string>): Warning {
  const all = [...dropped].map(([flowId, why]) => `${flowId}: ${why}`);
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : '';
  const count = `${all.length} ${all.length === 1 ? 'flow is' : 'flows are'}`;
  return {
    code: 'over-budget',
    message: `${count} not within the limits: ${all.slice(0, SHOWN).join(', ')}${more}.`,
    details: { dropped: Object.fromEntries(dropped) },
  };
}
