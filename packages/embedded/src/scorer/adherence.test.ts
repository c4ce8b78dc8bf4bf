import { createCallContext, type Score, type ScorerRequest, splitPrompt } from 'comfygen/plugin';
import { createTestBrief } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { type Painted, paintPicture } from '../../test/support/paint-picture.ts';
import { insertPngText } from '../image/png-text.ts';
import { adherence } from './adherence.ts';

type Image = ScorerRequest['image'];

const scorer = adherence();

function score(image: Image, prompt: string): Promise<Score> {
  const brief = createTestBrief(prompt);
  return scorer.score({ image, brief }, createCallContext());
}

async function expectRight(image: Image, prompt: string): Promise<void> {
  const { value, raw } = await score(image, prompt);
  expect(value, `${prompt}: ${JSON.stringify(raw)}`).toBeGreaterThan(0.6);
}

async function expectWrong(image: Image, prompt: string, measure: string, most = 0.5) {
  const { value, raw } = await score(image, prompt);
  expect(value, `${prompt}: ${JSON.stringify(raw)}`).toBeLessThan(0.5);
  expect(raw[measure], `${prompt}: ${measure}`).toBeLessThanOrEqual(most);
}

const half = (first: Painted, second: Painted) =>
  paintPicture(
    [
      { ...first, at: [26, 26, 200] },
      { ...second, at: [290, 40, 170] },
    ],
    { width: 512 },
  );

const six = (name: string, odd = name) =>
  paintPicture(
    Array.from({ length: 6 }, (_, i) => ({
      name: i === 4 ? odd : name,
      mirrored: i % 2 === 1,
      at: [(i % 3) * 160 + 16, Math.floor(i / 3) * 160 + 14, i % 2 ? 106 : 128] as const,
    })),
    { width: 480, height: 320 },
  );

describe('adherence', () => {
  it('knows a thing in every set of art, mirrored, small, on a gradient', async () => {
    const ground = [
      [0.36, 0.23, 0.52],
      [1, 0.68, 0.42],
    ] as const;
    for (const set of ['noto', 'fluent-emoji-flat', 'fluent-emoji-high-contrast'] as const) {
      const image = await paintPicture([{ name: 'fox', set, mirrored: true, at: [20, 60, 160] }], {
        ground,
      });
      await expectRight(image, 'a fox at sunset');
      for (const other of ['wolf', 'cat', 'pizza', 'house']) {
        await expectWrong(image, `a ${other}`, 'objects');
      }
    }
  });

  it('names what it found', async () => {
    const { raw, evidence } = await score(await paintPicture([{ name: 'frog' }]), 'a bear');
    expect(raw['found']).toBe(1);
    expect(evidence?.['things']).toEqual([
      expect.objectContaining({ looksLike: 'frog', colour: 'green' }),
    ]);
  });

  it('tells colours', async () => {
    const colours = ['red', 'yellow', 'green', 'blue', 'purple', 'pink', 'black'] as const;
    for (const colour of colours) {
      const image = await paintPicture([{ name: 'cat-face', colour }]);
      await expectRight(image, `a ${colour} cat`);
      for (const other of colours) {
        if (other !== colour) await expectWrong(image, `a ${other} cat`, 'colours');
      }
    }
  });

  it('counts', async () => {
    const image = await six('lemon');
    await expectRight(image, 'six lemons');
    for (const prompt of ['a lemon', 'two lemons', 'five lemons', 'seven lemons', 'nine lemons']) {
      await expectWrong(image, prompt, 'count', 0.4);
    }
    expect((await score(await six('lemon', 'rocket'), 'six lemons')).raw['objects']).toBeCloseTo(
      5 / 6,
      1,
    );
  });

  it('tells sides, and which thing has which colour', async () => {
    const image = await half({ name: 'red-apple' }, { name: 'frog' });
    await expectRight(image, 'a red apple left of a green frog');
    await expectRight(image, 'a green frog right of a red apple');
    await expectRight(image, 'an apple and a frog');
    await expectWrong(image, 'a red apple right of a green frog', 'position', 0);
    await expectWrong(image, 'a red apple above a green frog', 'position');
    await expectWrong(image, 'a green apple left of a red frog', 'colours');
    await expectWrong(image, 'a red apple left of a bear', 'objects', 0.6);
    const twins = await half({ name: 'red-apple' }, { name: 'green-apple' });
    await expectRight(twins, 'a red apple left of a green apple');
    await expectWrong(twins, 'a green apple left of a red apple', 'position', 0);
  });

  it('sees through styles', async () => {
    for (const lora of ['neon', 'pastel', 'pixel-art', 'sketch']) {
      const image = await paintPicture([{ name: 'bicycle', lora: `${lora}.safetensors` }]);
      await expectRight(image, 'a bicycle');
      await expectWrong(image, 'a guitar', 'objects');
    }
    const sketch = await paintPicture([{ name: 'red-apple', lora: 'sketch.safetensors' }]);
    await expectRight(sketch, 'a pencil sketch of a red apple');
    await expectWrong(sketch, 'a red apple', 'colours');
  });

  it('gives a picture without things nothing', async () => {
    const { value, raw } = await score(await paintPicture([]), 'a red apple');
    expect(value).toBe(0);
    expect(raw).toMatchObject({ found: 0, objects: 0, count: 0 });
  });

  it('says what it does not know, and stays neutral', async () => {
    const image = await paintPicture([{ name: 'fox' }]);
    const unknown = await score(image, 'a quantum flibbertigibbet');
    expect(unknown.value).toBe(0.5);
    expect(unknown.warnings.map(({ code }) => code)).toEqual(['prompt-not-judged']);
    expect(unknown.raw).not.toHaveProperty('objects');
    const half = await score(image, 'a fox left of a flibbertigibbet');
    expect(half.warnings.map(({ code }) => code)).toEqual(['subject-not-judged']);
    expect(half.raw['objects']).toBeGreaterThan(0.5);
    expect(half.raw).not.toHaveProperty('position');
  });

  it('reads no text of the PNG', async () => {
    const { bytes, mediaType } = await paintPicture([{ name: 'fox' }]);
    const told = { bytes: insertPngText(bytes, { prompt: 'a pizza' }), mediaType };
    expect(await score(told, 'a pizza')).toEqual(await score({ bytes, mediaType }, 'a pizza'));
  });

  it('refuses too large pictures before they are unpacked, and wrong options', async () => {
    const image = await paintPicture([{ name: 'fox' }]);
    const small = adherence({ maxPixels: 1000 });
    const brief = { prompt: 'a fox', parts: splitPrompt('a fox') } as ScorerRequest['brief'];
    await expect(small.score({ image, brief }, createCallContext())).rejects.toMatchObject({
      code: 'INVALID_IMAGE',
    });
    expect(() => adherence({ maxPixels: 0 })).toThrow(/maxPixels/);
  });
});
