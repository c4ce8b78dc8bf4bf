import { runAtOnce } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { indexConcepts } from './concept-index.ts';
import { loadConcepts } from './concepts.ts';
import { readPrompt } from './read-prompt.ts';
import { SCENE_NAMES } from './scenes.ts';

const concepts = await loadConcepts();
const index = indexConcepts(concepts);

/** `thing`, `#colour` and `@scene`, things by their likeliest meaning. */
function read(prompt: string): string {
  const { readings } = runAtOnce(readPrompt(prompt, index, new Set()));
  return readings
    .map((reading) => {
      if (reading.kind === 'colour') return `#${reading.colour}`;
      if (reading.kind === 'scene') return `@${SCENE_NAMES[reading.scene]}`;
      const [best] = [...reading.meaning.shares].sort((a, b) => b[1] - a[1]);
      return concepts[best?.[0] ?? -1]?.name;
    })
    .join(' ');
}

describe('readPrompt', () => {
  it.each([
    ['a red apple left of a green frog', 'red-apple #green frog'],
    ['three blue cats', '#blue cat'],
    ['a hot dog', 'hot-dog'],
    ['two dogs in the snow', 'dog @snow'],
    ['an orange', 'tangerine'],
    ['an orange cat on a blue background', '#orange cat @colour:blue'],
    ['a fish underwater', 'fish @underwater'],
    ['a golden crown', '#yellow crown'],
    ['wolves at night', 'wolf @night'],
    ['a police car in the city', 'police-car @city'],
    ['a black cat', 'black-cat'],
    ['children', 'child'],
    ['seven stars', 'star'],
    ['a pumpkin', 'jack-o-lantern'],
    ['a t-rex in the desert', 't-rex @desert'],
    ['a beach', '@beach'],
    ['', ''],
  ])('reads %j as %s', (prompt, expected) => {
    expect(read(prompt)).toBe(expected);
  });

  it('lists words that it does not know, once and in order', () => {
    const prompt = 'a qwertz fox, photorealistic, qwertz, by Zorb';
    const { unknownWords } = runAtOnce(readPrompt(prompt, index, new Set()));
    expect(unknownWords).toEqual(['qwertz', 'photorealistic', 'zorb']);
  });

  it('knows the words of a style once they are triggers', () => {
    expect(runAtOnce(readPrompt('a neon cat', index, new Set())).unknownWords).toEqual(['neon']);
    expect(runAtOnce(readPrompt('a neon cat', index, new Set(['neon']))).unknownWords).toEqual([]);
  });

  it('takes a variant of a thing for the thing, never something else of that name', () => {
    const dog = index.get('dog');
    const named = (name: string) => concepts.find((concept) => concept.name === name)?.index ?? -1;
    expect(dog?.shares.get(named('dog')) ?? 0).toBeGreaterThan(0.4);
    expect(dog?.shares.get(named('guide-dog')) ?? 0).toBeGreaterThan(0);
    expect(dog?.shares.has(named('hot-dog'))).toBe(false);
  });

  it('finds every concept by its own name', () => {
    for (const { name, index: own } of concepts) {
      const meaning = index.get(name.replaceAll('-', ' '));
      expect(meaning?.shares.get(own) ?? 0, name).toBeGreaterThan(0.4);
    }
  });
});
