import { createCallContext, type EmbedderV1, type Selection } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { ask, bareFlow, testMatrix, testPrompts } from './__fixtures__/world.ts';
import { learned } from './learned.ts';
import { trainLearned } from './train-learned.ts';

const ctx = createCallContext();
const model = await trainLearned(testMatrix());
const selector = learned({ model });
const first = ({ ranked }: Selection) => ranked[0]?.flowId;

/** A vector of what a text begins with: enough to be told from others. */
const embedder: EmbedderV1 = {
  spec: 'v1',
  role: 'embedder',
  name: 'letters',
  version: '1',
  dimensions: 3,
  embed: async (texts) =>
    texts.map((text) => Float32Array.from([text.length, text.charCodeAt(2), 1])),
};

describe('learned', () => {
  it('chooses for prompts that it never saw', async () => {
    const choices = testPrompts(40, 99).map((prompt) => selector.select(ask(prompt), ctx));
    const chosen = (await Promise.all(choices)).map(first);
    const right = chosen.filter((id, at) => id === (at % 2 === 0 ? 'animals' : 'places'));
    expect(right.length).toBeGreaterThan(36);
  });

  it('says what it expects to win, over which flow, and what it rests on', async () => {
    const selection = await selector.select(ask('a wet wolf and a small bear in fog'), ctx);
    expect(selection.abstained).toBe(false);
    expect(selection.gain?.over).toBe('all-round');
    expect(selection.gain?.interval[0]).toBeGreaterThan(0);
    expect(selection.gain?.mean).toBeLessThan(selection.gain!.interval[1]);
    expect(selection.evidence).toMatchObject({
      bestSingle: 'all-round',
      runnerUp: 'all-round',
      scoredWithFirst: 120,
      nearest: [{ liked: 'animals' }, { liked: 'animals' }, { liked: 'animals' }],
    });
    expect(selection.reason).toContain('animals is predicted');
    expect(selection.labels).toContain('wildlife');
  });

  it('takes the best single flow where prompts tell nothing, and says so', async () => {
    const noise = testMatrix({ skill: -1, noise: 4 });
    const unsure = learned({ model: await trainLearned(noise) });
    for (const prompt of testPrompts(20, 5)) {
      const selection = await unsure.select(ask(prompt), ctx);
      expect(first(selection)).toBe('all-round');
      expect(selection.gain).toEqual({ over: 'all-round', mean: 0, interval: [0, 0] });
    }
  });

  it('predicts no score above all that were given', async () => {
    // Two flows that only hard prompts join, where one is far better: on easy ones it would pass the scale's end.
    const { prompts } = testMatrix({ count: 40 });
    const scores = prompts.map((_, at) => (at % 4 === 0 ? [2, 9] : [10, null]));
    const matrix = { flows: ['places', 'animals'], prompts, scores };
    const { ranked } = await learned({ model: await trainLearned(matrix) }).select(
      ask('a red fox and a small owl at dawn', matrix.flows),
      ctx,
    );
    expect(ranked.map(({ flowId }) => flowId)).toEqual(['animals', 'places']);
    expect(ranked[0]?.score).toBe(10);
    expect(ranked[0]?.interval?.[1]).toBe(10);
  });

  it('takes it where no word of the prompt is known', async () => {
    const selection = await selector.select(ask('лиса, зимой'), ctx);
    expect(first(selection)).toBe('all-round');
  });

  it('never puts a flow first that was never scored', async () => {
    const twin = bareFlow('twin', { tags: ['animal'], baseModel: 'sdxl' });
    const trained = await trainLearned(testMatrix(), {
      flows: [bareFlow('animals', { tags: ['animal'], baseModel: 'sdxl' })],
    });
    const offer = ['all-round', 'animals', twin, 'stranger', 'weak'];
    const selection = await learned({ model: trained }).select(ask('a wet wolf', offer), ctx);
    expect(first(selection)).toBe('animals');
    const scores = new Map(selection.ranked.map(({ flowId, score }) => [flowId, score!]));
    expect(scores.get('twin')).toBeGreaterThan(scores.get('stranger')!);
    const width = (id: string) => {
      const [low, high] = selection.ranked.find(({ flowId }) => flowId === id)!.interval!;
      return high - low;
    };
    expect(width('twin')).toBeGreaterThan(width('animals'));
    expect(selection.warnings).toMatchObject([{ code: 'flow-not-scored' }]);
  });

  it('ranks flows of which none was ever scored', async () => {
    const selection = await selector.select(ask('a wolf', ['x', 'y']), ctx);
    expect(selection.ranked.map(({ flowId }) => flowId)).toEqual(['x', 'y']);
    expect(selection.reason).toContain('No flow on offer was ever scored');
  });

  it('reads the beginning of a very long prompt, and says so', async () => {
    const selection = await selector.select(ask(`a wet wolf, ${'word '.repeat(1_000)}`), ctx);
    expect(selection.warnings).toMatchObject([{ code: 'prompt-cut' }]);
  });

  it('reads labels only where it was trained to', async () => {
    const labelled = await trainLearned(testMatrix(), { useLabels: true });
    const options = { learned: { labels: ['places'] } };
    const prompt = 'a quiet thing at night';
    const [plain, withLabel] = [
      await selector.select(ask(prompt, undefined, options), ctx),
      await learned({ model: labelled }).select(ask(prompt, undefined, options), ctx),
    ];
    expect(first(withLabel)).toBe('places');
    expect(plain.ranked).toEqual((await selector.select(ask(prompt), ctx)).ranked);
  });

  it('works with the embedder of its model, and with no other', async () => {
    const trained = await trainLearned(testMatrix(), { embedder });
    const selection = await learned({ model: trained, embedder }).select(ask('a wet wolf'), ctx);
    expect(first(selection)).toBe('animals');
    const refused = { code: 'INVALID_MODEL' };
    const other = { ...embedder, version: '2' };
    expect(() => learned({ model: trained })).toThrow(expect.objectContaining(refused));
    expect(() => learned({ model: trained, embedder: other })).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => learned({ model, embedder })).toThrow(expect.objectContaining(refused));
  });

  it('holds nine of ten scores of new prompts in its intervals', async () => {
    const fresh = testMatrix({ count: 200, seed: 50 });
    let inside = 0;
    for (const [row, { text }] of fresh.prompts.entries()) {
      const { ranked } = await selector.select(ask(text), ctx);
      for (const { flowId, interval } of ranked) {
        const score = fresh.scores[row]![fresh.flows.indexOf(flowId)]!;
        if (interval![0] <= score && score <= interval![1]) inside += 1;
      }
    }
    expect(inside / 800).toBeGreaterThan(0.85);
    expect(inside / 800).toBeLessThan(0.97);
  });
});
