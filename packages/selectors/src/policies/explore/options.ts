import { parseOptions, parseScoreTable, type ScoreTable } from 'comfygen/plugin';
import { z } from 'zod';
import type { RewardSource } from '../rewards.ts';
import type { BanditState } from './bandit-state.ts';
import type { Anchor } from './beliefs.ts';

/** How the flow to run is drawn from the ranked ones. */
export type ExplorationPolicy = 'thompson' | 'epsilon' | 'softmax';

/** Options of `explore`. */
export interface ExploreOptions {
  /**
   * `thompson`: each flow with the chance that it is the best by what is believed; `epsilon`: any flow with
   * chance `rate`, else the best; `softmax`: in proportion to exp(mean ÷ temperature). Default `thompson`.
   */
  policy?: ExplorationPolicy | undefined;
  /**
   * How much is explored, 0 to 10: `thompson`: factor on what is not known, default 1; `epsilon`: share of
   * runs, at most 1, default 0.1; `softmax`: temperature, in standard deviations of what is believed of a flow
   * of which nothing was seen, default 0.25.
   */
  rate?: number | undefined;
  /** The least chance that every flow keeps, so that each can be learned about. 0 to 0.1, default 0. */
  floor?: number | undefined;
  /** A table of scores to start from, made by the scorer that will be used. Default: none. */
  warmStart?: ScoreTable | undefined;
  /**
   * `scorer`: the selector predicts on the plugged-in scorer's own scale, so only what its predictions miss is
   * learned. `own`: its scores are a first guess that rewards outweigh. Default `own`.
   */
  scale?: 'own' | 'scorer' | undefined;
  /**
   * How many scored runs the first guess about a flow counts for; a table's at most as many as the flow was scored
   * on. Above 0; default 10, with a table 200.
   */
  priorWeight?: number | undefined;
  /**
   * The number of further runs after which a reward counts for a third; smaller numbers follow changes faster. 10 or
   * more, default 1,000.
   */
  memory?: number | undefined;
  /** What counts as a reward. Default `score`. */
  reward?: RewardSource | undefined;
  /** The state to continue from, as `exportState` gave it. Default: nothing learned yet. */
  state?: BanditState | undefined;
}

const schema = z.strictObject({
  policy: z.enum(['thompson', 'epsilon', 'softmax']).default('thompson'),
  rate: z.number().min(0).max(10).optional(),
  floor: z.number().min(0).max(0.1).default(0),
  warmStart: z.unknown().optional(),
  scale: z.enum(['own', 'scorer']).default('own'),
  priorWeight: z.number().positive().max(1e6).optional(),
  memory: z.number().min(10).max(1e9).default(1_000),
  reward: z.enum(['score', 'feedback']).default('score'),
  state: z.unknown().optional(),
});

const PRIOR_WEIGHTS = { none: 10, predictions: 10, table: 200 };
const RATES = { thompson: 1, epsilon: 0.1, softmax: 0.25 };

/** The options with their defaults. @throws INVALID_OPTIONS, INVALID_SCORES */
export function parseExploreOptions(name: string, given: ExploreOptions) {
  const checked = schema
    .refine(({ policy, rate = 0 }) => policy !== 'epsilon' || rate <= 1, {
      error: 'rate: of epsilon it is a share of the runs, at most 1',
    })
    .refine(({ policy, rate }) => policy !== 'softmax' || rate !== 0, {
      error: 'rate: a temperature is above 0; without exploring, leave explore out',
    })
    .refine(({ scale, warmStart }) => scale === 'own' || warmStart === undefined, {
      error: 'warmStart: not with scale "scorer", where the selector’s predictions are the start',
    });
  const options = parseOptions({ role: 'selector', name }, checked, given);
  const table = options.warmStart === undefined ? undefined : parseScoreTable(options.warmStart);
  const own: Anchor = table ? { kind: 'table', table } : { kind: 'none' };
  const anchor: Anchor = options.scale === 'scorer' ? { kind: 'predictions' } : own;
  return {
    ...options,
    anchor,
    rate: options.rate ?? RATES[options.policy],
    priorWeight: options.priorWeight ?? PRIOR_WEIGHTS[anchor.kind],
  };
}
