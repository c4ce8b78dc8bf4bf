import type { JsonObject, PredictedGain } from 'comfygen/plugin';
import type { Choice } from './choose-flow.ts';
import type { GainRecord } from './gain.ts';
import type { LearnedModel } from './model.ts';
import { likenessOf } from './similarity.ts';

const NEAREST = 3;
const SHOWN_CHARACTERS = 80;

/** A training prompt that is similar to the new one, and its best flow. */
export interface Neighbour {
  text: string;
  /** The similarity, 0 to 1. */
  likeness: number;
  liked: string;
  score: number;
}

/** The training prompts that are most alike, best first. */
export function nearestPrompts(
  { prompts, flows }: LearnedModel,
  likeness: Float64Array,
): Neighbour[] {
  const nearest: number[] = [];
  for (let row = 0; row < likeness.length; row += 1) {
    if (nearest.length === NEAREST && likeness[row]! <= likeness[nearest.at(-1)!]!) continue;
    const at = nearest.findIndex((other) => likeness[row]! > likeness[other]!);
    nearest.splice(at < 0 ? nearest.length : at, 0, row);
    nearest.length = Math.min(nearest.length, NEAREST);
  }
  return nearest.map((row) => {
    const { text, best, score } = prompts[row]!;
    const shown = text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
    return { text: shown, likeness: likenessOf(likeness[row]!), liked: flows[best]!.id, score };
  });
}

/** `1 scored prompt`, `20 scored prompts`. */
export function countPrompts(count: number): string {
  return `${count} scored prompt${count === 1 ? '' : 's'}`;
}

/** The reason for the choice, as a sentence for a person. */
export function explainChoice(
  { single, predicted, abstained, isUnfamiliar }: Choice,
  gain: PredictedGain,
  [nearest]: readonly Neighbour[],
  record: GainRecord,
): string {
  const id = single.flow.id;
  const { count } = single.prior;
  if (count === 0)
    return `No flow on offer was ever scored; ${id} is most like those that did well.`;
  const usual = `${id} is the best single flow, by ${countPrompts(count)}`;
  if (isUnfamiliar) return `No word of this prompt was seen before; ${usual}.`;
  if (abstained) {
    return `${usual}; ${predicted.flow.id} may be better here, but on ${countPrompts(record.prompts)} such choices did not surely win.`;
  }
  const near =
    nearest === undefined ? '' : ` Most alike: "${nearest.text}", where ${nearest.liked} did best.`;
  if (predicted === single) return `${usual}, and none is predicted to be better here.${near}`;
  return `${predicted.flow.id} is predicted ${gain.mean} better here than ${id}, the best single flow.${near}`;
}

/** The facts behind the choice, as the selection's evidence. */
export function evidenceOf(
  { ranked, single, predicted }: Choice,
  gain: PredictedGain,
  nearest: readonly Neighbour[],
  model: LearnedModel,
  round: (value: number) => number,
): JsonObject {
  const [first, second] = ranked;
  return {
    nearest: nearest.map((neighbour) => ({ ...neighbour })),
    prompts: model.prompts.length,
    scoredWithFirst: first!.prior.count,
    bestSingle: single.flow.id,
    predictedBest: predicted.flow.id,
    predictedGain: { mean: gain.mean, interval: [...gain.interval] },
    runnerUp: second?.flow.id ?? null,
    margin: second === undefined ? null : round(first!.score - second.score),
    record: { ...model.gain },
    model: model.hash,
  };
}
