import { createCallContext, createRandom, letOthersRun, type ScoreMatrix } from 'comfygen/plugin';
import { drawIndices } from './draw-indices.ts';
import { splitEffects, takePrompts } from './effects.ts';
import { embedTexts, identify } from './embed-texts.ts';
import { fingerprint, MAX_CHARACTERS } from './features.ts';
import { fitScores } from './fit-scores.ts';
import { flowTraits } from './flow-traits.ts';
import { recordGain } from './gain.ts';
import { measureReach } from './intervals.ts';
import { type LearnedFlow, type LearnedModel, type LearnedPrompt, sealModel } from './model.ts';
import { parseTrainOptions, type TrainLearnedOptions } from './options.ts';
import { packRows, packVectors, unpackVectors } from './packed.ts';
import { prepareMatrix } from './prepare-matrix.ts';
import { comparePrompts, createSimilarity, kernelOf } from './similarity.ts';

/** More prompts than these tell of the flows' means only: time grows by the cube, the model with them. */
const MAX_PROMPTS = 1_500;

/**
 * Learns from scores which flow suits which prompt: kernel ridge regression over words, parts of words, labels and
 * structure. Everything is tuned by prompts that are left out in turn. Takes about 3 s of one core for 1,400 prompts
 * with 24 flows; of more than 1,500 prompts, the ones that are compared with are drawn by the seed.
 *
 * @throws INVALID_OPTIONS; INVALID_SCORES where the matrix is damaged or has no score; what the embedder throws
 */
export async function trainLearned(
  matrix: ScoreMatrix,
  options: TrainLearnedOptions = {},
): Promise<LearnedModel> {
  const { seed = 0, embedder, flows = [], useLabels = false, signal } = parseTrainOptions(options);
  const all = prepareMatrix(matrix);
  const random = createRandom(seed);
  const kept = drawIndices(all.prompts.length, MAX_PROMPTS, random);
  const scores = kept.map((row) => all.scores[row]!);
  const prompts = kept.map((row): LearnedPrompt => {
    const { text, labels } = all.prompts[row]!;
    const cut = text.slice(0, MAX_CHARACTERS);
    return { text: cut, ...(useLabels ? { labels } : {}), ...bestOf(all.scores[row]!) };
  });
  const ctx = createCallContext(signal === undefined ? {} : { signal });
  const vectors =
    embedder === undefined
      ? null
      : packVectors(
          await embedTexts(
            embedder,
            prompts.map(({ text }) => text),
            ctx,
          ),
        );
  await letOthersRun(ctx.signal);
  const compared = comparePrompts(
    prompts,
    vectors === null ? undefined : unpackVectors(vectors, embedder!.dimensions),
  );
  const kernel = kernelOf(compared, createSimilarity(compared));
  const effects = takePrompts(splitEffects(all), kept);
  await letOthersRun(ctx.signal);
  const { ridge, patterns, level, held } = fitScores(kernel, effects, random);
  const traits = new Map(flows.map((flow) => [flow.id, flowTraits(flow)]));
  const reach = measureReach(held, scores, effects);
  return sealModel({
    seed,
    embedder: embedder === undefined ? null : identify(embedder),
    usesLabels: useLabels,
    reading: fingerprint(compared.map(({ features }) => features)),
    prompts,
    vectors,
    flows: all.flows.map(
      (id, column): LearnedFlow => ({
        id,
        mean: short(effects.means[column]!),
        error: short(effects.errors[column]!),
        count: effects.counts[column]!,
        reach: reach.flows[column]!,
        traits: traits.get(id) ?? [],
      }),
    ),
    prior: {
      mean: short(effects.prior.mean),
      spread: short(effects.prior.spread),
      reach: reach.all,
    },
    range: rangeOf(scores),
    ridge,
    loadings: packRows(patterns.map(({ loadings }) => loadings)),
    weights: packRows([...patterns.map(({ weights }) => weights), level]),
    gain: recordGain(held, scores, effects),
  });
}

function bestOf(row: readonly (number | null)[]): { best: number; score: number } {
  let best = -1;
  for (const [flow, score] of row.entries()) {
    if (score !== null && (best < 0 || score > row[best]!)) best = flow;
  }
  return { best, score: row[best]! };
}

function rangeOf(scores: readonly (readonly (number | null)[])[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const score of scores.flat()) {
    if (score === null) continue;
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  return [low, high];
}

/** Digits beyond these are noise, and differ between machines. */
const short = (value: number) => Number(value.toPrecision(7));
