import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPrompt } from './split-prompt.ts';

const parts = (
  subjects: string[],
  relation: ReturnType<typeof splitPrompt>['relation'] = null,
  count = 1,
  scene = '',
) => ({ subjects, relation, count, scene });

describe('splitPrompt: things and relations', () => {
  it.each([
    ['a red apple left of a green frog', parts(['red apple', 'green frog'], 'left')],
    ['a red apple to the right of a green frog', parts(['red apple', 'green frog'], 'right')],
    ['A red apple is on the left side of the frog.', parts(['red apple', 'frog'], 'left')],
    ['a bird flying over a house', parts(['bird', 'house'], 'above')],
    ['a cat on top of a car', parts(['cat', 'car'], 'above')],
    ['a photo of a bus below a toothbrush', parts(['bus', 'toothbrush'], 'below', 1, 'photo')],
    ['a frog beneath two mushrooms', parts(['frog', 'mushrooms'], 'below')],
    ['a fox sitting next to a bear', parts(['fox', 'bear'], 'beside')],
    ['a cat and a dog', parts(['cat', 'dog'], 'beside')],
    ['a cat with a dog', parts(['cat', 'dog'], 'beside')],
    ['a cat on the left and a dog on the right', parts(['cat', 'dog'], 'left')],
    ['an apple, a pear, and a banana', parts(['apple', 'pear', 'banana'], 'beside')],
    ['a pear, orange, and two bananas', parts(['pear', 'orange', 'bananas'], 'beside')],
    ['a small, red apple on a table next to a frog', parts(['small red apple', 'frog'], 'beside')],
  ])('%s', (prompt, expected) => {
    expect(splitPrompt(prompt)).toEqual(expected);
  });

  it.each([
    ['a girl with long hair', parts(['girl'], null, 1, 'with long hair')],
    ['a house with a red door', parts(['house'], null, 1, 'with a red door')],
    ['a black and white cat', parts(['black and white cat'])],
    ['a fox, snowy forest and lake', parts(['fox'], null, 1, 'snowy forest and lake')],
    ['A woman examines a diamond.', parts(['woman'], null, 1, 'examines a diamond')],
    ['a herd of camels walks slowly', parts(['camels'], null, 1, 'walks slowly')],
    ['a bowl of apples stands on it', parts(['bowl of apples'], null, 1, 'stands on it')],
    ['A couple shares a kiss', parts(['couple'], null, 1, 'shares a kiss')],
    ['a castle under a starry sky', parts(['castle'], null, 1, 'under a starry sky')],
  ])('takes no part or place for a second thing: %s', (prompt, expected) => {
    expect(splitPrompt(prompt)).toEqual(expected);
  });
});

describe('splitPrompt: counts', () => {
  it.each([
    ['three cats', 'cat', 3],
    ['3 fluffy cats', 'fluffy cat', 3],
    ['a dozen red roses', 'red rose', 12],
    ['half a dozen eggs', 'egg', 6],
    ['two dozen boxes', 'box', 24],
    ['a pair of shoes', 'shoe', 2],
    ['a group of five wolves', 'wolf', 5],
    ['three cups of coffee', 'cup of coffee', 3],
    ['four people', 'person', 4],
    ['two sheep', 'sheep', 2],
    ['two cherries', 'cherry', 2],
    ['two buses', 'bus', 2],
    ['2girls', 'girl', 2],
    ['a 1967 mustang', '1967 mustang', 1],
    ['1967 mustang', '1967 mustang', 1],
    ['several cats', 'cats', 1],
  ])('%s', (prompt, subject, count) => {
    expect(splitPrompt(prompt)).toMatchObject({ subjects: [subject], count });
  });

  it('counts the first thing where two are named', () => {
    expect(splitPrompt('two red apples and a banana')).toEqual(
      parts(['red apple', 'banana'], 'beside', 2),
    );
  });
});

describe('splitPrompt: the scene', () => {
  it.each([
    ['a red fox in deep snow', ['red fox'], 'in deep snow'],
    [
      'watercolor painting of a fox on a blue background',
      ['fox'],
      'watercolor painting, on a blue background',
    ],
    ['pixel art fox', ['fox'], 'pixel art'],
    ['Create an image of a wolf', ['wolf'], ''],
    ['In a forest, a red fox sleeps', ['red fox'], 'In a forest, sleeps'],
    ['a fox <lora:detail:0.8>, (best quality:1.2)', ['fox'], '(best quality:1.2)'],
    ['masterpiece, best quality, 1girl, forest', ['girl'], 'masterpiece, best quality, forest'],
    ['cyberpunk city at night, neon lights', ['cyberpunk city'], 'at night, neon lights'],
  ])('%s', (prompt, subjects, scene) => {
    expect(splitPrompt(prompt)).toMatchObject({ subjects, scene });
  });
});

describe('splitPrompt: any text', () => {
  it.each(['', '   ', '!!!', '"', '<', 'of', 'the', 'left of', 'and', '\ud800', '\0'])(
    'survives %j',
    (prompt) => {
      expect(splitPrompt(prompt)).toMatchObject({ relation: null, count: 1 });
    },
  );

  it('reads emoji and other scripts as one thing', () => {
    expect(splitPrompt('🦊').subjects).toEqual(['🦊']);
    expect(splitPrompt('雪の中の狐').subjects).toEqual(['雪の中の狐']);
  });

  it('keeps its promises on any text', () => {
    const word = fc.constantFrom(
      'a',
      'two',
      'cat',
      'and',
      'left',
      'of',
      ',',
      'red',
      'the',
      'on',
      '.',
      'photo',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (prompt) => {
        const found = splitPrompt(prompt);
        expect(splitPrompt(prompt)).toEqual(found);
        expect(found.count).toBeGreaterThanOrEqual(1);
        expect(found.subjects.every((subject) => subject.trim() !== '')).toBe(true);
        if (found.relation !== null) expect(found.subjects.length).toBeGreaterThan(1);
      }),
    );
  });

  it.each(['a', 'photo of', 'cat,', 'left of', 'two', 'red,', 'with a', '<a', '"a', 'and cat'])(
    'takes 10,000 times %j',
    (words) => {
      expect(splitPrompt(`${words} `.repeat(10_000)).subjects.length).toBeLessThan(20);
    },
  );
});
