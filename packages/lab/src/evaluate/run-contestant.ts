import type { Flow, JsonObject, ScoreMatrix } from 'comfygen/plugin';
import { hashSeed } from '../random.ts';
import { askSelector } from './ask-selector.ts';
import { judgeRanking } from './judge-ranking.ts';
import type { TestCase } from './make-cases.ts';
import { makeRequest } from './make-requests.ts';
import type { Entry } from './summarize.ts';
import type { Contestant } from './types.ts';

/** One split as contestants see it: the training part and the test prompts. */
export interface Round {
  /** The split's number, from 0. */
  split: number;
  train: ScoreMatrix;
  cases: readonly TestCase[];
}

/** Fits one contestant on a split's training part and asks it for every test prompt; adds to `entry`. */
export async function runContestant(
  contestant: Contestant,
  entry: Entry,
  { split, train, cases }: Round,
  { flows, seed, signal }: { flows: readonly Flow[]; seed: number; signal: AbortSignal },
): Promise<void> {
  const usesLabels = contestant.usesLabels === true;
  const started = performance.now();
  const { selector, modelBytes } = await contestant.fit(copyFor(train, usesLabels), {
    seed: hashSeed('fit', seed, split),
    signal,
  });
  entry.fits.push({ seconds: (performance.now() - started) / 1000, modelBytes });
  try {
    for (const one of cases) {
      signal.throwIfAborted();
      const { prompt, scores } = one;
      const offered =
        scores.size === flows.length ? flows : flows.filter(({ id }) => scores.has(id));
      const options: { [part: string]: JsonObject } = usesLabels
        ? { [selector.name]: { labels: prompt.labels } }
        : {};
      const choiceSeed = hashSeed('choice', seed, split, one.row);
      const request = makeRequest(prompt, offered, options, choiceSeed);
      const answer = await askSelector(selector, request, prompt, signal);
      // Who keeps what it worked out for a text is not quick at new ones.
      const micros = entry.asked.has(one.text) ? null : answer.micros;
      entry.asked.add(one.text);
      entry.outcomes.push(judgeRanking(one, { ...answer, micros }));
      for (const { code, message } of answer.warnings) {
        const count = (entry.warnings.get(code)?.count ?? 0) + 1;
        entry.warnings.set(code, { message, count });
      }
    }
  } finally {
    await selector.dispose?.();
  }
}

/** A copy of its own for each, so that none can change what the next one learns from. */
function copyFor(train: ScoreMatrix, usesLabels: boolean): ScoreMatrix {
  const copy = structuredClone(train);
  if (!usesLabels) for (const prompt of copy.prompts) prompt.labels = [];
  return copy;
}
