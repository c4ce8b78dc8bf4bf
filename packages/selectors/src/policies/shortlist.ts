import { parseOptions, type RankedFlow, type SelectorV1, wrapSelector } from 'comfygen/plugin';
import { z } from 'zod';

const schema = z.strictObject({
  size: z.int().min(2),
  stopAt: z.number().optional(),
  budgetMs: z.number().positive().optional(),
  durationsMs: z.record(z.string(), z.number().positive()).optional(),
});

/** Options of `shortlist`. */
export interface ShortlistOptions {
  /** The most flows of the ranking that are run; 2 or more. */
  size: number;
  /** A score, on the scorer's scale, at which no further flow is run. Default: none. */
  stopAt?: number | undefined;
  /** Milliseconds after which no further flow is started, once a picture is there. Default: no limit. */
  budgetMs?: number | undefined;
  /**
   * How long each flow takes, in milliseconds, by id. With `budgetMs` those that would not end in time are
   * left out beforehand, and others of the ranking take their place. A flow that is not named counts as fitting.
   */
  durationsMs?: { [flowId: string]: number } | undefined;
}

/**
 * Asks core to run the first flows of the ranking, to score their pictures and to take the best one. Core
 * runs them one after the other and passes by a flow that cannot win by the selector's intervals. It needs a
 * scorer; without one only the first is run, with a warning.
 *
 * @throws INVALID_OPTIONS
 */
export function shortlist<T extends SelectorV1>(selector: T, options: ShortlistOptions): T {
  const name = `shortlist-${selector.name}`;
  const parsed = parseOptions({ role: 'selector', name }, schema, options);
  const { stopAt = null, budgetMs = null, durationsMs = {} } = parsed;
  return wrapSelector(selector, (part) => ({
    name,
    runOptions: { ...part.runOptions, [name]: [] },
    async select(request, ctx) {
      const { shortlist: _, ...selection } = await part.select(request, ctx);
      const { ranked, fitting } = fitBudget(selection.ranked, budgetMs, durationsMs);
      const size = Math.min(parsed.size, fitting);
      // One flow is what core runs anyway.
      if (size < 2) return selection;
      return { ...selection, ranked, shortlist: { size, stopAt, budgetMs } };
    },
  }));
}

/** The first of the ranking, then those that end within what is left of the budget, then the others. */
function fitBudget(
  ranked: readonly RankedFlow[],
  budgetMs: number | null,
  durationsMs: { [flowId: string]: number },
): { ranked: RankedFlow[]; fitting: number } {
  let left = budgetMs ?? Number.POSITIVE_INFINITY;
  const fits: RankedFlow[] = [];
  const late: RankedFlow[] = [];
  for (const flow of ranked) {
    const duration = Object.hasOwn(durationsMs, flow.flowId) ? durationsMs[flow.flowId]! : 0;
    if (fits.length > 0 && duration > left) late.push(flow);
    else {
      fits.push(flow);
      left -= duration;
    }
  }
  return { ranked: [...fits, ...late], fitting: fits.length };
}
