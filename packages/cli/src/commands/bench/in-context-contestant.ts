import { buildScoreTable, type Contestant } from '@comfygen/lab';
import { ComfygenError } from 'comfygen';
import { loadLanguageModel } from '../../parts/language-model.ts';

/**
 * The selector of ComfyGen-IC as a contestant: its table is made of the training part, under the labels that a lexicon
 * finds in the prompts' words, so that it sees no label of the data. Each test prompt is a call that is paid for.
 */
export async function inContextContestant(llm: string | undefined): Promise<Contestant> {
  if (llm === undefined) {
    throw new ComfygenError('MISSING_SETTING', 'The selector in-context needs a language model.', {
      details: {
        option: 'llm',
        hint: 'Name one with --llm anthropic:MODEL or --llm openai:MODEL[@URL].',
      },
    });
  }
  const [{ inContext }, { labelPrompt }, model] = await Promise.all([
    import('@comfygen/selectors/in-context'),
    import('@comfygen/selectors/rules'),
    loadLanguageModel(llm),
  ]);
  return {
    name: 'in-context',
    note: `in-context, asking ${model.name} ${model.model}`,
    fit(matrix) {
      const labels = ({ text }: { text: string }) =>
        labelPrompt(text).labels.map(({ label }) => label);
      const scores = buildScoreTable(matrix, { labels });
      const modelBytes = new TextEncoder().encode(JSON.stringify(scores)).length;
      return { selector: inContext({ llm: model, scores }), modelBytes };
    },
  };
}
