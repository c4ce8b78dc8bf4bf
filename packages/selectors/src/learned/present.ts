import type { RankedFlow, Selection, Warning } from 'comfygen/plugin';
import type { Choice } from './choose-flow.ts';
import { countPrompts, evidenceOf, explainChoice, nearestPrompts } from './explain.ts';
import type { LearnedModel } from './model.ts';
import type { Candidate } from './rank-flows.ts';
import type { ReadPrompt } from './reader.ts';

/** Everything that an answer is made of. */
interface Answer {
  choice: Choice;
  prompt: ReadPrompt;
  warnings: Warning[];
}

/** Makes the function that turns a choice into a selection: rounded, with reason and evidence. */
export function createPresenter(model: LearnedModel): (answer: Answer) => Selection {
  const [low, high] = model.range;
  const round = roundingFor(high - low);
  const within = (value: number) => round(Math.min(Math.max(value, low), high));
  const reasons = new Map<number, string>();

  function reasonFor(count: number): string {
    const reason = reasons.get(count) ?? `predicted from ${countPrompts(count)}`;
    reasons.set(count, reason);
    return count === 0 ? 'never scored: predicted from flows like it' : reason;
  }

  const present = ({ flow, prior, score }: Candidate, index: number): RankedFlow => ({
    flowId: flow.id,
    score: within(score),
    interval: [within(score - prior.reach.below), within(score + prior.reach.above)],
    probability: index === 0 ? 1 : 0,
    reason: reasonFor(prior.count),
  });

  return ({ choice, prompt, warnings }) => {
    const { ranked, abstained, gain, single } = choice;
    const nearest = nearestPrompts(model, prompt.likeness);
    const changed = ranked[0] !== single;
    const [from, to] = gain.interval;
    const rounded = {
      ...gain,
      mean: round(gain.mean),
      interval: [round(from), round(to)] as [number, number],
    };
    return {
      ranked: ranked.map(present),
      labels: prompt.labels,
      reason: explainChoice(choice, rounded, nearest, model.gain),
      gain: changed ? rounded : { over: gain.over, mean: 0, interval: [0, 0] },
      abstained,
      evidence: evidenceOf(choice, rounded, nearest, model, round),
      warnings,
    };
  };
}

/** Six digits of the range of scores: what is beyond them is noise, and differs between machines. */
function roundingFor(range: number): (value: number) => number {
  const digits = 5 - Math.floor(Math.log10(range || 1));
  const factor = 10 ** Math.min(Math.max(digits, 0), 12);
  // Without a negative zero, which JSON does not keep.
  return (value) => Math.round(value * factor) / factor + 0;
}
