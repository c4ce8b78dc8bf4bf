import { defineSelector, type Selection, type SelectorV1, type Warning } from 'comfygen/plugin';
import { chooseFlow } from './choose-flow.ts';
import { checkEmbedder } from './embed-texts.ts';
import { parseLearnedModel } from './model.ts';
import { type LearnedOptions, parseLearnedOptions } from './options.ts';
import { createPredictor } from './predict.ts';
import { createPresenter } from './present.ts';
import { type Ranking, rankFlows } from './rank-flows.ts';
import { createReader } from './reader.ts';

/**
 * A selector that learned from scores which flow suits which prompt. It predicts each flow's score from the prompts
 * that are like this one, with a 90 % interval. On prompts that were left out in training it recorded what its
 * choices win over the best single flow; where that is not surely more than nothing, or no word of the prompt is
 * known, it takes the best single flow and says `abstained`. No network and no language model; equal requests give
 * equal bytes. Reads the first 600 characters of a prompt. A flow that was never scored is ranked by flows that share
 * its parts, with caution.
 *
 * @throws INVALID_OPTIONS; INVALID_MODEL where the model is damaged or the embedder is another
 */
export function learned(options: LearnedOptions): SelectorV1 {
  const { model: given, embedder } = parseLearnedOptions(options);
  const model = parseLearnedModel(given);
  checkEmbedder(model.embedder, embedder);
  const reader = createReader(model, embedder);
  const predictor = createPredictor(model);
  const present = createPresenter(model);
  return defineSelector({
    name: 'learned',
    runOptions: { learned: ['labels'] },
    // An embedder may ask a service; whether it does is not known here.
    supports: { deterministic: true, network: embedder !== undefined, parts: true },
    async select({ brief, flows }, ctx) {
      ctx.signal.throwIfAborted();
      const prompt = await reader.read(brief, ctx);
      if (flows.length === 0) return nothingOffered(prompt.labels);
      const ranking = rankFlows(flows, predictor, prompt.likeness);
      const choice = chooseFlow(ranking, model.gain, prompt.isKnown);
      return present({ choice, prompt, warnings: [...prompt.warnings, ...warnUnscored(ranking)] });
    },
  });
}

const nothingOffered = (labels: string[]): Selection => ({
  ranked: [],
  labels,
  reason: 'No flow was offered to choose from.',
  warnings: [{ code: 'no-flows', message: 'No flow was offered to the selector.' }],
});

function warnUnscored({ candidates }: Ranking): Warning[] {
  const ids = candidates.filter(({ prior }) => prior.count === 0).map(({ flow }) => flow.id);
  if (ids.length === 0) return [];
  const named = `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' and others' : ''}`;
  const message = `${ids.length} of ${candidates.length} flows were never scored: ${named}. They are ranked by flows like them, with caution.`;
  return [{ code: 'flow-not-scored', message, details: { flows: ids } }];
}
