import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LABELS, labelPrompt } from './label-prompt.ts';

const labelsOf = (prompt: string) => labelPrompt(prompt).labels.map((item) => item.label);
const traitsOf = (prompt: string) => labelPrompt(prompt).traits.map((item) => item.trait);

describe('labelPrompt: labels', () => {
  it('knows exactly the 20 labels of the method', () => {
    expect(LABELS).toEqual(
      `abstract anime cosmic cyberpunk digital-art fantasy gothic horror landscape nature people
      photo-artistic photo-realistic portrait sci-fi steampunk surreal underwater urban wildlife`.split(
        /\s+/,
      ),
    );
  });

  it.each([
    ['a wizard casting a spell', ['fantasy', 'people']],
    ['an astronaut on mars', ['cosmic', 'people', 'sci-fi']],
    ['1girl, school uniform, cherry blossoms', ['anime', 'people', 'nature']],
    ['cyberpunk alley in the rain', ['cyberpunk', 'sci-fi', 'urban']],
    ['raw photo of a fisherman, 85mm, natural light', ['photo-realistic', 'people']],
    ['a mountain lake at sunset', ['landscape', 'nature']],
    ['coral reef with jellyfish', ['underwater', 'nature']],
    ['clockwork owl with brass gears', ['steampunk']],
    ['a gothic cathedral', ['gothic']],
    ['melting clock in a dreamscape', ['surreal']],
    ['abstract geometric pattern', ['abstract']],
    ['a haunted graveyard with zombies', ['horror']],
    ['wolves in deep snow', ['wildlife', 'nature']],
    ['close-up portrait of a bearded man', ['portrait', 'people']],
  ])('%s', (prompt, expected) => {
    expect(labelsOf(prompt)).toEqual(expect.arrayContaining(expected));
  });

  it('names the words behind a label', () => {
    const fantasy = labelPrompt('a dragon over a castle').labels.find((l) => l.label === 'fantasy');
    expect(fantasy?.words).toEqual(['dragon', 'castle']);
  });

  it('gives no label where no word is known', () => {
    expect(labelPrompt('an armchair').labels).toEqual([]);
    expect(labelPrompt('').labels).toEqual([]);
  });

  it('takes no word that is denied or hidden in another', () => {
    expect(labelsOf('a street without people')).not.toContain('people');
    expect(traitsOf('a computer mouse')).not.toContain('category:animals');
    expect(traitsOf('a hot dog')).toEqual(['category:food', 'single-object']);
  });

  it('reads a repeated word once', () => {
    const once = labelPrompt('foggy road').labels;
    expect(labelPrompt('foggy road foggy road').labels).toEqual(once);
  });
});

describe('labelPrompt: traits', () => {
  it.each([
    ['three cats', ['counting', 'category:animals']],
    ['a red apple left of a green frog', ['two-objects', 'category:food', 'category:animals']],
    ['pixel art fox', ['style:pixel-art']],
    ['pencil sketch of a car', ['style:sketch', 'category:vehicles']],
    ['flat design logo', ['style:flat']],
    ['ink drawing of a crane', ['style:ink']],
    ['pastel clouds', ['style:pastel']],
    ['neon sign', ['style:neon']],
    ['a sign with the words "open late"', ['text-rendering']],
    ['quick draft of a tree', ['fast']],
    ['highly detailed, 8k', ['high-detail']],
  ])('%s', (prompt, expected) => {
    expect(traitsOf(prompt)).toEqual(expect.arrayContaining(expected));
  });

  it('asks for a category by what the picture is about, not by what stands aside', () => {
    expect(traitsOf('a castle, dragons in the distance')).not.toContain('category:animals');
  });
});

describe('labelPrompt: any text', () => {
  it('stays in its bounds and gives equal answers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (prompt) => {
        const { labels, traits } = labelPrompt(prompt);
        expect(labelPrompt(prompt)).toEqual({ labels, traits });
        expect(labels.length).toBeLessThanOrEqual(10);
        for (const { weight, words } of [...labels, ...traits]) {
          expect(weight).toBeGreaterThanOrEqual(0.5);
          expect(weight).toBeLessThanOrEqual(1);
          expect(words.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('takes 10,000 words', () => {
    expect(labelPrompt('dark forest castle, '.repeat(3334)).labels.length).toBeGreaterThan(0);
  });
});

const matrices = fileURLToPath(new URL('../../../../../shared/data/matrices/', import.meta.url));
const file = `${matrices}genai_raters12.csv`;
if (!existsSync(file)) console.warn(`SKIPPED: labels of real prompts, ${file} is absent`);
describe.skipIf(!existsSync(file))('labelPrompt: real prompts', () => {
  it('finds a label for three prompts of four, without labelling everything', () => {
    const prompts = readFileSync(file, 'utf8')
      .split('\n')
      .slice(1, 500)
      .map((row) => /^[^,]*,("(?:[^"]|"")*"|[^,]*)/.exec(row)?.[1] ?? '');
    const counts = prompts.map((prompt) => labelsOf(prompt).length);
    const labelled = counts.filter((count) => count > 0).length / prompts.length;
    expect(labelled).toBeGreaterThan(0.75);
    expect(labelled).toBeLessThan(0.95);
  });
});
