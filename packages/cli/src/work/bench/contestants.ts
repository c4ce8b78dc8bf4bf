import { baselines, buildScoreTable, type Contestant } from '@comfygen/lab';
import { ComfygenError, type EmbedderV1, type Flow } from 'comfygen';
import { createCallContext } from 'comfygen/plugin';
import { loadLanguageModel } from '../../parts/language-model.ts';
import { didYouMean } from '../../render/did-you-mean.ts';

/** The contestants of a bench, with notes about those left out. */
export interface Contest {
  contestants: Contestant[];
  notes: string[];
}

/** What the data is about. */
interface Field {
  /** Ids of the flows that were scored. */
  columns: readonly string[];
  /** The library, in which they may be. */
  flows: readonly Flow[];
  /** `--llm`. */
  llm: string | undefined;
}

/** A selector that takes part where it is named, or by itself where it applies. */
interface Entrant {
  load(field: Field): Promise<Contestant>;
  /** Why it takes no part by itself; `undefined` where it does. */
  leftOut?(field: Field): Promise<string | undefined>;
}

const ENTRANTS: { [name: string]: Entrant } = {
  rules: {
    load: async () => {
      const { rules } = await import('@comfygen/selectors/rules');
      return { name: 'rules', fit: () => ({ selector: rules(), modelBytes: null }) };
    },
    leftOut: async ({ columns, flows }) => {
      const known = new Set(flows.map(({ id }) => id));
      const unknown = columns.find((column) => !known.has(column));
      if (unknown === undefined) return undefined;
      return `it reads tags of flows, and the library has no flow ${unknown}`;
    },
  },
  learned: {
    load: ({ flows }) => learnedContestant({ name: 'learned' }, flows),
  },
  'learned-labels': {
    load: ({ flows }) => {
      const note = 'learned, given the labels of the data too';
      return learnedContestant({ name: 'learned-labels', note, useLabels: true }, flows);
    },
  },
  'learned-embedder': {
    load: async ({ flows }) => {
      const { sentenceEmbeddings } = await import('@comfygen/llm/embeddings');
      const note = 'learned, comparing prompts by sentence embeddings too';
      const embedder = sentenceEmbeddings();
      return learnedContestant({ name: 'learned-embedder', note, embedder }, flows);
    },
    leftOut: async () => {
      const { sentenceEmbeddings } = await import('@comfygen/llm/embeddings');
      try {
        await sentenceEmbeddings().embed([], createCallContext());
        return undefined;
      } catch (error) {
        if (!ComfygenError.is(error, 'MISSING_SETTING')) throw error;
        return `the ${error.message}`;
      }
    },
  },
  'in-context': {
    load: ({ llm }) => inContextContestant(llm),
    leftOut: async ({ llm }) => (llm === undefined ? 'it asks a language model: --llm' : undefined),
  },
};

/** The baselines, and the selectors that are named or that apply. @throws INVALID_OPTIONS listing what there is */
export async function gatherContestants(
  names: readonly string[] | undefined,
  field: Field,
): Promise<Contest> {
  const always = baselines();
  const known = [...always.map(({ name }) => name), ...Object.keys(ENTRANTS)];
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw noSelector(unknown, known);
  const notes: string[] = [];
  const contestants: Contestant[] = [...always];
  for (const [name, { load, leftOut }] of Object.entries(ENTRANTS)) {
    if (names !== undefined && !names.includes(name)) continue;
    const reason = names === undefined ? await leftOut?.(field) : undefined;
    if (reason === undefined) contestants.push(await load(field));
    else notes.push(`Left out: ${name}, because ${reason}.`);
  }
  return { contestants, notes };
}

function noSelector(name: string, known: readonly string[]): ComfygenError {
  const question = didYouMean(name, known);
  return new ComfygenError(
    'INVALID_OPTIONS',
    `There is no selector named "${name}" to compare.${question} There is: ${known.join(', ')}.`,
    { details: { selector: name } },
  );
}

/** Which of the learned selectors it is. */
interface Variant {
  name: string;
  note?: string;
  useLabels?: boolean;
  embedder?: EmbedderV1;
}

/** The learned selector as a contestant: trained anew on each split. */
async function learnedContestant(
  { name, note, useLabels = false, embedder }: Variant,
  flows: readonly Flow[],
): Promise<Contestant> {
  const { learned, trainLearned } = await import('@comfygen/selectors/learned');
  // A memory each: a text that was trained on is a new one to who chooses.
  const training = embedder && rememberVectors(embedder);
  const choosing = embedder && rememberVectors(embedder);
  return {
    name,
    note,
    usesLabels: useLabels,
    async fit(matrix, { seed, signal }) {
      const model = await trainLearned(matrix, {
        ...{ seed, signal, flows, useLabels },
        embedder: training,
      });
      const modelBytes = new TextEncoder().encode(JSON.stringify(model)).length;
      return { selector: learned({ model, embedder: choosing }), modelBytes };
    },
  };
}

/** Splits meet the same texts again and again; the bench times those only that are asked for the first time. */
function rememberVectors(embedder: EmbedderV1): EmbedderV1 {
  const known = new Map<string, Float32Array>();
  return {
    ...embedder,
    async embed(texts, context) {
      const unknown = [...new Set(texts)].filter((text) => !known.has(text));
      const vectors = await embedder.embed(unknown, context);
      for (const [index, text] of unknown.entries()) known.set(text, vectors[index]!);
      return texts.map((text) => known.get(text)!);
    },
  };
}

/**
 * The selector of ComfyGen-IC as a contestant: its table is made of the training part, under the labels that a lexicon
 * finds in the prompts' words, so that it sees no label of the data. Each test prompt is a call that is paid for.
 */
async function inContextContestant(llm: string | undefined): Promise<Contestant> {
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
