import type { LearnedModel } from '@comfygen/selectors/learned';
import { ComfygenError, type LanguageModelV1, type ScoreTable, type SelectorV1 } from 'comfygen';
import type { SelectorSettings, Setup } from '../config/settings.ts';
import { readTextFile } from '../input/read-input.ts';
import { loadLanguageModel } from './language-model.ts';
import { type Loaders, load } from './named-parts.ts';

/** What a selector is made from, once it is read. */
interface Ingredients {
  /** Path of a learned model. */
  model?: string;
  scores?: ScoreTable;
  llm?: LanguageModelV1;
}

/** Which settings a selector makes use of; any other one that is typed is an error. */
const USES: { [name: string]: readonly (keyof Omit<SelectorSettings, 'options' | 'typed'>)[] } = {
  rules: [],
  learned: ['model'],
  'in-context': ['llm', 'scores'],
  'fine-tuned': ['llm', 'scores'],
};

// What the other options may be, each factory says itself.
const SELECTORS: Loaders<SelectorV1> = {
  rules: async (options) => (await import('@comfygen/selectors/rules')).rules(options),
  learned: ({ model, ...options }) => loadLearned(String(model), options),
  'in-context': async (options) =>
    (await import('@comfygen/selectors/in-context')).inContext(options as never),
  'fine-tuned': async (options) =>
    (await import('@comfygen/selectors/fine-tuned')).fineTuned(options as never),
};

/** What a selector can't do without, and how it is given. */
const NEEDS = {
  model: {
    noun: 'a model file',
    hint: 'Name one with --model FILE, or make one with: comfygen train scores.csv --out model.json',
  },
  llm: {
    noun: 'a language model',
    hint: 'Name one with --llm anthropic:MODEL or --llm openai:MODEL[@URL], or as llm in the config file.',
  },
};

/**
 * The selector of this name with what it needs, or the object itself; in a shortlist where one is asked for.
 *
 * @throws INVALID_OPTIONS, MISSING_SETTING, FILE_ACCESS, INVALID_SCORES, INVALID_MODEL
 */
export async function loadSelector(setup: Setup): Promise<SelectorV1> {
  const selector = await loadNamed(setup);
  if (setup.shortlist === undefined) return selector;
  const { shortlist } = await import('@comfygen/selectors/policies');
  return shortlist(selector, { size: setup.shortlist });
}

async function loadNamed({ selector, selectorSettings: settings }: Setup): Promise<SelectorV1> {
  if (typeof selector !== 'string' || !Object.hasOwn(USES, selector)) {
    refuseUseless(typeof selector === 'string' ? [] : settings.typed, 'of the config file');
    return load('selector', SELECTORS, selector, settings.options);
  }
  const uses = USES[selector]!;
  refuseUseless(
    settings.typed.filter((key) => !uses.includes(key)),
    selector,
  );
  for (const option of ['model', 'llm'] as const) {
    if (!uses.includes(option) || settings[option] !== undefined) continue;
    const { noun, hint } = NEEDS[option];
    throw new ComfygenError('MISSING_SETTING', `The selector ${selector} needs ${noun}.`, {
      part: { role: 'selector', name: selector },
      details: { option, hint },
    });
  }
  const ingredients: Ingredients = {};
  if (uses.includes('model')) ingredients.model = settings.model!;
  if (uses.includes('llm')) ingredients.llm = await loadLanguageModel(settings.llm!);
  if (uses.includes('scores') && settings.scores !== undefined) {
    const { loadScores } = await import('comfygen/node');
    ingredients.scores = await loadScores(settings.scores);
  }
  return load('selector', SELECTORS, selector, { ...settings.options, ...ingredients });
}

function refuseUseless(keys: readonly string[], selector: string): void {
  if (keys.length === 0) return;
  const options = keys.map((key) => `--${key}`).join(', ');
  const hint = `Say who it is for: --selector ${keys.includes('model') ? 'learned' : 'in-context'}`;
  throw new ComfygenError('INVALID_OPTIONS', `The selector ${selector} takes no ${options}.`, {
    details: { options: keys, hint },
  });
}

/** The learned selector of a model file. @throws FILE_ACCESS; INVALID_MODEL where the file is another or damaged */
async function loadLearned(path: string, options: Record<string, unknown>): Promise<SelectorV1> {
  const { learned, parseLearnedModel } = await import('@comfygen/selectors/learned');
  const text = await readTextFile(path);
  const model = readModel(path, () => parseLearnedModel(JSON.parse(text)));
  // A model that compares prompts by meaning needs what it was trained with.
  const embedder =
    model.embedder === null
      ? undefined
      : (await import('@comfygen/llm/embeddings')).sentenceEmbeddings();
  return learned({ embedder, ...options, model });
}

function readModel(path: string, parse: () => LearnedModel): LearnedModel {
  try {
    return parse();
  } catch (cause) {
    const reason = ComfygenError.is(cause) ? cause.message : 'It is not JSON.';
    throw new ComfygenError('INVALID_MODEL', `${path}: ${reason}`, { cause, details: { path } });
  }
}
