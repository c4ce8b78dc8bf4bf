import { createCallContext, type Flow, type Limits } from 'comfygen/plugin';
import { createTestFlow } from 'comfygen/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saying, testRequest } from './__fixtures__/parts.ts';
import { type BudgetOptions, budget } from './budget.ts';

const model = (commercialUse: boolean | null) => ({
  folder: 'checkpoints',
  file: 'base.safetensors',
  licence: null,
  commercialUse,
  url: null,
  sizeBytes: null,
  source: null,
});
const FLOWS = [
  createTestFlow('a', { cost: { relative: 1, vramGb: 24 }, models: [model(false)] }),
  createTestFlow('b', { cost: { relative: 1, vramGb: 8 }, models: [model(true)] }),
  createTestFlow('c', { models: [model(null)] }),
];
const costs = { a: 0.05, b: 0.01 };
const all = { a: {}, b: {}, c: {} };

async function select(options: BudgetOptions, limits: Limits = {}, selector = saying(all)) {
  const request = testRequest([]);
  const brief = { ...request.brief, limits };
  return budget(selector, options).select({ ...request, brief, flows: FLOWS }, createCallContext());
}
const ids = async (...args: Parameters<typeof select>) =>
  (await select(...args)).ranked.map(({ flowId }) => flowId);

describe('budget', () => {
  it.each<[string, BudgetOptions, Limits, string[]]>([
    ['cost', { maxCost: 0.02, costs }, {}, ['b']],
    ['cost, unknown ones allowed', { maxCost: 0.02, costs, unknown: 'allow' }, {}, ['b', 'c']],
    ['the limit itself', { maxCost: 0.05, costs }, {}, ['a', 'b']],
    ['duration', { maxDurationMs: 10, durationsMs: { a: 5, b: 20 } }, {}, ['a']],
    ['graphics memory', { maxVramGb: 12 }, {}, ['b']],
    ['licence', { commercialUse: true }, {}, ['b']],
    ['licence, unknown ones allowed', { commercialUse: true, unknown: 'allow' }, {}, ['b', 'c']],
    ['the brief’s own limit', { costs }, { maxCost: 0.02 }, ['b']],
    ['the stricter of both', { maxCost: 1, costs }, { maxCost: 0.02 }, ['b']],
    ['nothing', { costs }, {}, ['a', 'b', 'c']],
  ])('holds flows against %s', async (_, options, limits, kept) => {
    expect(await ids(options, limits)).toEqual(kept);
  });

  it('tells what it dropped, and why', async () => {
    const { warnings } = await select({ maxCost: 0.02, costs });
    expect(warnings).toMatchObject([
      {
        code: 'over-budget',
        message:
          '2 flows are not within the limits: a: its cost is 0.05, above 0.02, c: its cost is not known.',
      },
    ]);
  });

  it('ranks nothing where nothing is left', async () => {
    const { ranked, reason } = await select({ maxCost: 0.001, costs });
    expect(ranked).toEqual([]);
    expect(reason).toContain('3 flows are not within the limits');
  });

  it('takes out what a selector ranks all the same, or wrote itself', async () => {
    const rogue = { ...saying({ a: {}, b: {}, c: {} }), name: 'rogue' };
    const stubborn: typeof rogue = {
      ...rogue,
      select: (request, ctx) => rogue.select({ ...request, flows: FLOWS }, ctx),
    };
    const kept = await select({ maxCost: 0.02, costs }, {}, stubborn);
    expect(kept.ranked).toMatchObject([{ flowId: 'b', probability: 1 }]);
    const writer = saying({ a: {}, b: { workflow: {} } });
    expect(await ids({ maxCost: 1, costs }, {}, writer)).toEqual(['a']);
    expect(await ids({ costs }, {}, writer)).toEqual(['a', 'b']);
  });

  it.each([{ maxCost: 1 }, { maxDurationMs: 1 }, { maxCost: -1, costs }, { maxcost: 1 }])(
    'refuses %j',
    (options) => {
      expect(() => budget(saying(all), options as BudgetOptions)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTIONS' }),
      );
    },
  );

  it('never leaves a flow that breaks a limit', async () => {
    const value = fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: undefined });
    const flows = fc.array(
      fc.record({
        cost: value,
        duration: value,
        vram: value,
        use: fc.constantFrom(true, false, null),
      }),
      { maxLength: 6 },
    );
    const limits = { cost: value, duration: value, vram: value, commercial: fc.boolean() };
    await fc.assert(
      fc.asyncProperty(flows, fc.record(limits), fc.boolean(), async (given, limit, inBrief) => {
        const table = (key: 'cost' | 'duration') =>
          Object.fromEntries(
            given.flatMap((one, n) => (one[key] === undefined ? [] : [[`f${n}`, one[key]]])),
          );
        const offered: Flow[] = given.map(({ vram, use }, n) =>
          createTestFlow(`f${n}`, {
            cost: { relative: null, vramGb: vram ?? null },
            models: [model(use)],
          }),
        );
        const stated: Limits = {
          maxCost: limit.cost,
          maxDurationMs: limit.duration,
          maxVramGb: limit.vram,
          commercialUse: limit.commercial,
        };
        const prices = { costs: table('cost'), durationsMs: table('duration') };
        const selector = saying(Object.fromEntries(offered.map(({ id }) => [id, {}])));
        const request = testRequest([]);
        const { ranked } = await budget(
          selector,
          inBrief ? prices : { ...stated, ...prices },
        ).select(
          {
            ...request,
            brief: { ...request.brief, limits: inBrief ? stated : {} },
            flows: offered,
          },
          createCallContext(),
        );
        const isWithin = (what: number | undefined, most: number | undefined) =>
          most === undefined || (what !== undefined && what <= most);
        const expected = given.flatMap(({ cost, duration, vram, use }, n) =>
          isWithin(cost, limit.cost) &&
          isWithin(duration, limit.duration) &&
          isWithin(vram, limit.vram) &&
          (!limit.commercial || use === true)
            ? [`f${n}`]
            : [],
        );
        expect(ranked.map(({ flowId }) => flowId)).toEqual(expected);
      }),
      { numRuns: 1_000, seed: 1 },
    );
  });
});
