import { ComfygenError, createCallContext, type Flow } from 'comfygen/plugin';
import { createTestBrief, createTestFlow } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import type { RulesOptions } from './options.ts';
import { rules } from './rules.ts';

const flow = (id: string, tags: string[], extra: Partial<Flow> = {}): Flow =>
  createTestFlow(id, { description: id, tags, ...extra });

const FLOWS = [
  flow('plain', ['general', 'single-object']),
  flow('anime', ['anime', 'digital-art', 'people']),
  flow('photo', ['photo-realistic', 'people', 'portrait']),
  flow('scenery', ['nature', 'landscape']),
  flow('pixels', ['style:pixel-art', 'digital-art']),
  flow('animals', ['category:animals', 'wildlife']),
  flow('quick', ['fast', 'general']),
  flow('left-of', ['two-objects'], { needs: { subjects: 2, relations: ['left'], count: 1 } }),
  flow('right-of', ['two-objects'], { needs: { subjects: 2, relations: ['right'], count: 1 } }),
  flow('three', ['counting'], { needs: { subjects: 1, count: 3 } }),
  flow('letters', ['text-rendering']),
];

const brief = createTestBrief;

const ctx = createCallContext();
const select = (prompt: string, options: RulesOptions = {}, flows: readonly Flow[] = FLOWS) =>
  rules(options).select({ brief: brief(prompt), flows, inventory: null, choiceSeed: 0 }, ctx);
const chosen = async (...args: Parameters<typeof select>) =>
  (await select(...args)).ranked[0]?.flowId;

describe('rules: choosing', () => {
  it.each([
    ['1girl, pink hair, school uniform', 'anime'],
    ['raw photo of an old man, 85mm', 'photo'],
    ['a mountain lake', 'scenery'],
    ['pixel art cat', 'pixels'],
    ['a wolf', 'animals'],
    ['quick draft of a chair', 'quick'],
    ['a red apple left of a green frog', 'left-of'],
    ['a red apple right of a green frog', 'right-of'],
    ['three cats', 'three'],
    ['a cake with the words "well done"', 'letters'],
    ['an armchair', 'plain'],
    ['xyzzy', 'plain'],
  ])('%s → %s', async (prompt, id) => {
    expect(await chosen(prompt)).toBe(id);
  });

  it('keeps off flows whose needs the prompt does not meet', async () => {
    const { ranked } = await select('five cats');
    expect(ranked.findIndex((item) => item.flowId === 'three')).toBeGreaterThan(
      ranked.findIndex((item) => item.flowId === 'plain'),
    );
  });

  it('does not depend on the order of the flows', async () => {
    const there = await select('a photo of two dogs');
    expect(await select('a photo of two dogs', {}, [...FLOWS].reverse())).toEqual(there);
  });

  it('gives unknown prompts and ties to the stated default', async () => {
    const twins = [flow('b', ['anime']), flow('a', ['anime'])];
    expect(await chosen('manga', {}, twins)).toBe('a');
    expect(await chosen('manga', { default: 'b' }, twins)).toBe('b');
    expect(await chosen('xyzzy', { default: 'photo' })).toBe('photo');
  });

  it('takes the cheaper of two equal flows', async () => {
    const costing = (id: string, relative: number | null) =>
      flow(id, ['anime'], { cost: { relative, vramGb: null } });
    const twins = [costing('a', null), costing('b', 2), costing('c', 1), flow('d', ['general'])];
    expect(await chosen('manga', {}, twins)).toBe('c');
  });
});

describe('rules: what a selection says', () => {
  it('ranks each flow once, with one-hot probabilities and scores from 0 to 1', async () => {
    const { ranked } = await select('a wolf in deep snow');
    expect(new Set(ranked.map((item) => item.flowId)).size).toBe(FLOWS.length);
    expect(ranked.map((item) => item.probability)).toEqual([1, ...FLOWS.slice(1).map(() => 0)]);
    expect(ranked.every(({ score }) => score !== null && score >= 0 && score <= 1)).toBe(true);
  });

  it('names the words and the flow', async () => {
    const { reason, labels, evidence } = await select('pixel art cat');
    expect(reason).toContain('"pixel art"');
    expect(reason).toContain('pixels is made for');
    expect(labels).toContain('style:pixel-art');
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  });

  it('says that nothing was known', async () => {
    const { reason, ranked } = await select('xyzzy');
    expect(reason).toMatch(/^No rule knows .* plain is the default\.$/);
    expect(ranked[0]?.score).toBe(0);
  });

  it('answers an empty list with a warning', async () => {
    const { ranked, warnings } = await select('a cat', {}, []);
    expect(ranked).toEqual([]);
    expect(warnings.map((warning) => warning.code)).toEqual(['no-flows']);
  });

  it('rethrows the reason of an abort', async () => {
    const reason = { why: 'changed my mind' };
    const request = { brief: brief('a cat'), flows: FLOWS, inventory: null, choiceSeed: 0 };
    const aborted = createCallContext({ signal: AbortSignal.abort(reason) });
    await expect(rules().select(request, aborted)).rejects.toBe(reason);
  });
});

describe('rules: the host’s own', () => {
  const rule = (when: object, flows: string[]): RulesOptions => ({
    rules: [{ when, prefer: { flows }, weight: 20, because: 'we say so' }],
  });

  it.each([
    ['words', { words: ['our mascot'] }, 'Our Mascot in a boat'],
    ['labels', { labels: ['wildlife', 'nature'] }, 'a wolf in a forest'],
    ['count', { count: 3 }, 'three cats'],
    ['relation', { relation: 'left' }, 'a cat left of a dog'],
  ])('decide by %s', async (_, when, prompt) => {
    const selection = await select(prompt, rule(when, ['photo']));
    expect(selection.ranked[0]?.flowId).toBe('photo');
    expect(selection.reason).toContain('photo is preferred because we say so');
    expect(await chosen('a chair', rule(when, ['photo']))).toBe('plain');
  });

  it('prefer by tag, and avoid by a negative weight', async () => {
    const when = { words: ['cat'] };
    const prefer = { tags: ['anime'] };
    const because = 'cats look best there';
    expect(await chosen('cat', { rules: [{ when, prefer, weight: 20, because }] })).toBe('anime');
    const avoid = { when, prefer: { flows: ['animals'] }, weight: -20, because };
    expect(await chosen('cat', { rules: [avoid] })).not.toBe('animals');
  });

  it('say when a flow that they name is not offered', async () => {
    const { warnings } = await select('a cat', {
      ...rule({ words: ['cat'] }, ['gone']),
      default: 'away',
    });
    expect(warnings[0]).toMatchObject({
      code: 'flow-not-offered',
      details: { flows: ['away', 'gone'] },
    });
  });

  it.each([
    ['an unknown key', { defualt: 'x' }],
    ['no condition', { rules: [{ when: {}, prefer: { flows: ['x'] }, weight: 1, because: 'y' }] }],
    ['no flow', { rules: [{ when: { count: 2 }, prefer: {}, weight: 1, because: 'y' }] }],
    ['a weight that is none', rulesWith(Number.NaN)],
  ])('are refused with %s', (_, options) => {
    expect.assertions(1);
    try {
      rules(options as RulesOptions);
    } catch (error) {
      expect(ComfygenError.is(error, 'INVALID_OPTIONS')).toBe(true);
    }
  });
});

function rulesWith(weight: number) {
  return { rules: [{ when: { count: 2 }, prefer: { flows: ['x'] }, weight, because: 'y' }] };
}
