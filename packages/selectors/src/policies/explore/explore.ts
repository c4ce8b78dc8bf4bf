import { namesIn, type RunRecord, type Selection, type SelectorV1 } from 'comfygen/plugin';
import { isDrawn } from '../lead-with.ts';
import { type Reward, rewardsOf } from '../rewards.ts';
import { type BanditState, createMemory, openState, remember, sealState } from './bandit-state.ts';
import { type Anchor, anchorName, formBeliefs, tableMean } from './beliefs.ts';
import {
  type Belief,
  bestPlace,
  epsilonChances,
  softmaxChances,
  thompsonChances,
  withFloor,
} from './chances.ts';
import { drawUniform, placeOf } from './draw.ts';
import { type ExploreOptions, parseExploreOptions } from './options.ts';

/** A selector that explores and learns, and can export what it learned. */
export type ExploringSelector = SelectorV1 &
  Required<Pick<SelectorV1, 'learn'>> & {
    /** What was learned so far, as plain JSON; pass it as the option `state` to continue from it. */
    exportState(): BanditState;
  };

/**
 * A bandit over the flows that a selector ranks: draws the first, keeps each flow's exact chance in
 * `probability`, and learns how well each does, per flow and per label, from the runs that core hands it. The
 * draw is decided by the prompt, the image seed and `choiceSeed`: same request and same state, same bytes.
 * What the selector says of its first (gain, abstention) is left out where another one is drawn. The selector
 * inside should not draw itself.
 *
 * @throws INVALID_OPTIONS; INVALID_SCORES, INVALID_MODEL where the table or the state is damaged or another
 */
export function explore(selector: SelectorV1, options: ExploreOptions = {}): ExploringSelector {
  const name = `explore-${selector.name}`;
  const { policy, rate, floor, anchor, priorWeight, memory, reward, state } = parseExploreOptions(
    name,
    options,
  );
  const known = state === undefined ? createMemory() : openState(state, anchorName(anchor));

  /** How likely each of these flows is drawn. */
  function chancesOf(beliefs: readonly Belief[], unseen: number): number[] {
    if (policy === 'epsilon') return epsilonChances(beliefs, rate);
    if (policy === 'softmax') return softmaxChances(beliefs, rate * unseen);
    return thompsonChances(beliefs, rate);
  }

  return {
    ...selector,
    name,
    inner: namesIn(selector),
    runOptions: { ...selector.runOptions, [name]: [] },
    async select(request, ctx) {
      const selection = await selector.select(request, ctx);
      const { ranked, labels } = selection;
      if (ranked.length === 0) return selection;
      const beliefs = formBeliefs({ ranked, labels, memory: known, anchor, priorWeight });
      const unseen = Math.max(...beliefs.map(({ deviation }) => deviation));
      const chances = withFloor(chancesOf(beliefs, unseen), floor);
      const place = placeOf(chances, drawUniform(request));
      return drawn(selection, { beliefs, chances, place, policy, runs: known.runs });
    },
    async learn(records, ctx) {
      for (const record of records) {
        const rewards = rewardsOf(record, reward);
        if (rewards.length === 0 || known.recent.includes(record.runId)) continue;
        const measured = measure(record, rewards, anchor);
        if (measured.length > 0) remember(known, record.runId, record.labels, measured, memory);
      }
      return (await selector.learn?.(records, ctx)) ?? { warnings: [] };
    },
    exportState: () => sealState(known, anchorName(anchor)),
  };
}

/** Rewards as distances from what was expected; those of which nothing was expected are left out. */
function measure(record: RunRecord, rewards: readonly Reward[], anchor: Anchor): Reward[] {
  if (anchor.kind === 'none') return [...rewards];
  return rewards.flatMap(({ flowId, value }) => {
    const expected =
      anchor.kind === 'table'
        ? tableMean(anchor.table, flowId, record.labels)
        : record.predictions?.[flowId];
    return expected === undefined ? [] : [{ flowId, value: value - expected }];
  });
}

interface Draw {
  beliefs: readonly Belief[];
  chances: readonly number[];
  place: number;
  policy: string;
  runs: number;
}

/** The selection in the order of the draw: the drawn flow, then the others by what is believed of them. */
function drawn(selection: Selection, { beliefs, chances, place, policy, runs }: Draw): Selection {
  const { gain, abstained, ...kept } = selection;
  const best = bestPlace(beliefs);
  const order = beliefs
    .map((_, index) => index)
    .sort(
      (a, b) =>
        Number(b === place) - Number(a === place) || beliefs[b]!.mean - beliefs[a]!.mean || a - b,
    );
  const chosen = selection.ranked[place]!.flowId;
  const leader = selection.ranked[best]!.flowId;
  const chance = `chance ${chances[place]!.toPrecision(2)}`;
  const reason =
    place === best
      ? `${chosen} is best by what is known (${chance}).`
      : `${chosen} is tried to learn about it (${chance}); ${leader} is best by what is known.`;
  const warnings = isDrawn(selection) ? [...selection.warnings, DRAWN_INSIDE] : selection.warnings;
  return {
    ...kept,
    ranked: order.map((index) => ({ ...selection.ranked[index]!, probability: chances[index]! })),
    // What was said of the selector's first holds only where that one is drawn.
    ...(place === 0 && gain !== undefined && { gain }),
    ...(place === 0 && abstained !== undefined && { abstained }),
    reason: place === 0 ? `${selection.reason} ${reason}` : reason,
    evidence: { ...selection.evidence, explore: { policy, best: leader, runs } },
    warnings,
  };
}

const DRAWN_INSIDE = {
  code: 'drawn-twice',
  message:
    'The selector inside explore draws by chance too, so the probabilities hold only for its ranking as drawn.',
};
