import { describe, expect, it } from 'vitest';
import { testMatrix } from './__fixtures__/world.ts';
import { learned } from './learned.ts';
import { parseLearnedModel, sealModel } from './model.ts';
import { trainLearned } from './train-learned.ts';

const model = await trainLearned(testMatrix({ count: 40 }));
const damaged = expect.objectContaining({ code: 'INVALID_MODEL' });

describe('parseLearnedModel', () => {
  it('reads what trainLearned gave, after a way through JSON', () => {
    expect(parseLearnedModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });

  it.each([
    ['nothing', null],
    ['another document', { schema: 'comfygen/score-table@1' }],
    ['another version', { ...model, schema: 'comfygen/learned@9' }],
    ['an edited one', { ...model, seed: 9 }],
    ['one whose weights were cut', { ...model, weights: { ...model.weights, values: 'AAAA' } }],
  ])('refuses %s', (_, value) => {
    expect(() => parseLearnedModel(value)).toThrow(damaged);
    expect(() => learned({ model: (value ?? {}) as typeof model })).toThrow(damaged);
  });

  it('refuses one that was sealed with parts that do not fit', () => {
    const { hash: _, schema: __, ...content } = model;
    const wrong = sealModel({ ...content, prompts: content.prompts.slice(1) });
    expect(() => parseLearnedModel(wrong)).toThrow(damaged);
  });
});
