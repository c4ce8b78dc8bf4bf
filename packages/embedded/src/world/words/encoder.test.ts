import { runAtOnce } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { averageEmbeddings, concatTokens, zerosLike } from '../../nodes/embedding-math.ts';
import { readWish } from '../bank/wish.ts';
import { layOutAxes } from './axes.ts';
import { loadConcepts } from './concepts.ts';
import { createTextEncoder } from './encoder.ts';

const concepts = await loadConcepts();
const axes = layOutAxes(concepts);
const encoder = createTextEncoder(concepts);
const encode = (text: string) => runAtOnce(encoder.encode(text)).embedding;
const thingsOf = (embedding: ReturnType<typeof encode>) =>
  Object.fromEntries(
    [...readWish(embedding, axes).things].map(([index, share]) => [concepts[index]?.name, share]),
  );

describe('createTextEncoder', () => {
  it('gives a token a phrase, and one of zeros for nothing', () => {
    expect(encode('a red fox at night').shape).toEqual([1, 3, axes.width]);
    expect(encode('').shape).toEqual([1, 1, axes.width]);
    expect(encode('').data.every((value) => value === 0)).toBe(true);
  });

  it('reads no more than 75 phrases', () => {
    expect(encode('fox, owl, '.repeat(200)).shape).toEqual([1, 75, axes.width]);
  });

  it('lets emphasis and later words change the shares', () => {
    const { fox = 0, owl = 0 } = thingsOf(encode('a fox and an owl'));
    expect([fox, owl]).toEqual([1, 0.5]);
    expect(thingsOf(encode('a fox and an (owl:3)'))['owl']).toBeCloseTo(1.5);
  });

  it('has embeddings that can be averaged, joined and set to zero', () => {
    const [fox, owl] = [encode('a fox'), encode('an owl')];
    expect(thingsOf(averageEmbeddings(fox, owl, 0.25))).toEqual({ fox: 0.25, owl: 0.75 });
    expect(thingsOf(concatTokens(fox, owl))).toEqual({ fox: 1, owl: 1 });
    expect(thingsOf(zerosLike(fox))).toEqual({});
  });

  it('confuses things with their kin once its last layers are left out', () => {
    expect(Object.keys(thingsOf(encode('a fox')))).toEqual(['fox']);
    const early = runAtOnce(encoder.withLastLayer(-2).encode('a fox')).embedding;
    const { fox = 0, ...others } = thingsOf(early);
    expect(fox).toBeCloseTo(0.7);
    expect(Object.keys(others)).toHaveLength(4);
    expect(runAtOnce(encoder.withLastLayer(-1).encode('a fox')).embedding).toEqual(encode('a fox'));
  });

  it('knows only the things of its checkpoint', () => {
    const food = concepts.filter(({ category }) => category === 'Food & Drink');
    const reader = createTextEncoder(concepts, food);
    expect(runAtOnce(reader.encode('a fox with a pizza')).unknownWords).toEqual(['fox']);
    expect(runAtOnce(reader.encode('pizza')).embedding).toEqual(encode('pizza'));
  });
});
