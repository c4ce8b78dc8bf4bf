import {
  parseOptions,
  type Selection,
  type SelectorV1,
  type Warning,
  wrapSelector,
} from 'comfygen/plugin';
import { z } from 'zod';
import { type BestFlow, bestOf, parseBestFlow } from './best-flow.ts';
import { isDrawn, leadWith } from './lead-with.ts';
import { describeGain, predictedGain } from './predicted-gain.ts';

const schema = z.strictObject({
  best: z.union([z.string().min(1), z.custom<BestFlow>((v) => typeof v === 'object')]).optional(),
  minGain: z.number().optional(),
});

/** Options of `abstain`. */
export interface AbstainOptions {
  /**
   * The best single flow, or a table to find it among the flows on offer. Default: what the selector's own gain is
   * measured against.
   */
  best?: BestFlow | undefined;
  /**
   * The lower bound of the gain must be above this, on the selector's scale, or the best single flow is taken.
   * Default 0.
   */
  minGain?: number | undefined;
}

/**
 * Never worse than the best single flow: that one is taken unless the lower end of the 90 % interval of the
 * predicted gain is above `minGain`. The gain is the selector's own where it states one, else it comes from
 * its scores and intervals; where it gives neither, nothing is known of the gain and the best single flow is
 * taken. Put `explore` around `abstain`, not inside: a choice that was drawn by chance is left as it is.
 *
 * @throws INVALID_OPTIONS, INVALID_SCORES
 */
export function abstain<T extends SelectorV1>(selector: T, options: AbstainOptions = {}): T {
  const name = `abstain-${selector.name}`;
  const { minGain = 0, ...rest } = parseOptions({ role: 'selector', name }, schema, options);
  const best = parseBestFlow(rest.best);
  return wrapSelector(selector, (part) => ({
    name,
    runOptions: { ...part.runOptions, [name]: [] },
    async select(request, ctx) {
      const selection = await part.select(request, ctx);
      if (selection.ranked.length === 0) return selection;
      if (isDrawn(selection)) return warned(selection, DRAWN);
      const offered = request.flows.map(({ id }) => id);
      const over = best === undefined ? selection.gain?.over : bestOf(best, offered);
      if (over === undefined || !offered.includes(over)) return warned(selection, NO_BEST);
      return settle(selection, over, minGain);
    },
  }));
}

const DRAWN: Warning = {
  code: 'abstain-drawn',
  message:
    'The choice was drawn by chance, so it is left as it is; put explore around abstain, not inside.',
};
const NO_BEST: Warning = {
  code: 'best-flow-unknown',
  message:
    'Which flow on offer is best over all prompts is not known, so the choice is left as it is.',
};

const warned = (selection: Selection, warning: Warning): Selection => ({
  ...selection,
  warnings: [...selection.warnings, warning],
});

function settle(selection: Selection, over: string, minGain: number): Selection {
  const first = selection.ranked[0]!.flowId;
  if (first === over) return selection;
  const gain = predictedGain(selection, over);
  if (gain !== undefined && gain.interval[0] > minGain) return { ...selection, gain };
  const why =
    gain === undefined
      ? `How much better ${first} is than ${over} is not predicted`
      : `It is not sure enough that ${first} is better than ${over} (gain ${describeGain(gain)})`;
  const reason = `${why}; ${over}, the best over all prompts, is taken.`;
  return {
    ...selection,
    ranked: leadWith(selection.ranked, over, 'the best over all prompts'),
    reason,
    gain: { over, mean: 0, interval: [0, 0] },
    abstained: true,
    evidence: {
      ...selection.evidence,
      abstain: { from: first, to: over, gain: gain ? { ...gain } : null, reason: selection.reason },
    },
  };
}
