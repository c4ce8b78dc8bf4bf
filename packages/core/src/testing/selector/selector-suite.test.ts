import { describe, expect, it } from 'vitest';
import type { Selection, SelectorV1 } from '../../spec/index.ts';
import { wrapSelector } from '../../util/wrap.ts';
import { collectOutcomes, failedCases } from '../reference/collect-outcomes.ts';
import { backwards } from '../reference/sound-parts.ts';
import { selectorSuite } from './selector-suite.ts';

selectorSuite({ describe, it }, { create: () => wrapSelector(backwards, () => ({})) });

type Breakage = (part: SelectorV1) => Partial<Omit<SelectorV1, 'spec' | 'role'>>;
const answers =
  (change: (selection: Selection, prompt: string) => object): Breakage =>
  (part) => ({
    async select(request, ctx) {
      const selection = await part.select(request, ctx);
      return { ...selection, ...change(selection, request.brief.prompt) };
    },
  });
const RANKS = 'ranks only flows that were offered, and explains';
const EQUAL = 'gives equal bytes for equal requests';
const onPrompt = (pattern: RegExp): Breakage =>
  answers((_selection, prompt) => {
    if (pattern.test(prompt)) throw new TypeError('no words');
    return {};
  });

/** Broken selectors, each with the cases that must notice it (others may too). */
const BROKEN: [what: string, breakage: Breakage, noticedBy: string[]][] = [
  [
    'a learn that is a word',
    () => ({ learn: 'later' as never }),
    ['says what it is: spec, role, name and a manifest of booleans'],
  ],
  ['nothing ranked', answers(() => ({ ranked: [] })), [RANKS]],
  [
    'a flow ranked twice',
    answers(({ ranked }) => ({ ranked: [...ranked, ...ranked].map((r) => ({ ...r })) })),
    [RANKS, 'chooses the one flow on offer'],
  ],
  [
    'chances that sum to 2',
    answers(({ ranked }) => ({ ranked: ranked.map((r) => ({ ...r, probability: 0.5 })) })),
    [RANKS],
  ],
  [
    'a score of NaN',
    answers(({ ranked }) => ({ ranked: ranked.map((r) => ({ ...r, score: Number.NaN })) })),
    [RANKS],
  ],
  ['no reason', answers(() => ({ reason: '' })), [RANKS]],
  ['evidence that is no JSON', answers(() => ({ evidence: { n: 1n } })), [RANKS]],
  [
    'a memory of flows offered before',
    (part) => {
      let known: Selection | undefined;
      return {
        async select(request, ctx) {
          known ??= await part.select(request, ctx);
          return known;
        },
      };
    },
    ['ranks none that was taken from the offer', 'chooses the one flow on offer'],
  ],
  [
    'a bare error for an empty offer',
    (part) => ({
      async select(request, ctx) {
        if (request.flows.length === 0) throw new TypeError('flows[0] is undefined');
        return part.select(request, ctx);
      },
    }),
    ['answers an empty offer with an empty ranking, or with an error of ours'],
  ],
  ['a random reason', answers(() => ({ reason: crypto.randomUUID() })), [EQUAL]],
  [
    'a counter',
    (part) => {
      let count = 0;
      return {
        async select(request, ctx) {
          count += 1;
          return { ...(await part.select(request, ctx)), labels: [String(count)] };
        },
      };
    },
    [EQUAL, 'answers two requests at once as it answers each alone'],
  ],
  ['no answer to one letter', onPrompt(/^x$/), ['answers an odd prompt: one letter']],
  ['no answer to emoji', onPrompt(/🦊/u), ['answers an odd prompt: emoji']],
  [
    'no answer to Hebrew',
    onPrompt(/\p{Script=Hebrew}/u),
    ['answers an odd prompt: right-to-left text'],
  ],
  ['no answer without words', onPrompt(/^[^\p{L}]+$/u), ['answers an odd prompt: signs only']],
  ['no answer to braces', onPrompt(/\{prompt\}/), ['answers an odd prompt: markup and braces']],
  [
    'words counted in a plain object',
    onPrompt(/__proto__/),
    ['answers an odd prompt: names of Object'],
  ],
  [
    'no answer to long prompts',
    onPrompt(/^.{9000,}$/s),
    ['answers an odd prompt: 10,000 letters', 'answers an odd prompt: 10,000 different words'],
  ],
  [
    'flows that it sorts in place',
    (part) => ({
      async select(request, ctx) {
        (request.flows as unknown[]).reverse();
        return part.select(request, ctx);
      },
    }),
    ['leaves the request as it was'],
  ],
  [
    'deaf to an aborted signal',
    (part) => ({
      select: (request, ctx) =>
        part.select(request, { ...ctx, signal: new AbortController().signal }),
    }),
    ['rethrows the reason of an aborted signal'],
  ],
  [
    'an AbortError of its own',
    (part) => ({
      async select(request, ctx) {
        await new Promise((resolve) => setImmediate(resolve));
        if (ctx.signal.aborted) throw new DOMException('aborted', 'AbortError');
        return part.select(request, ctx);
      },
    }),
    [
      'rethrows the reason of an aborted signal',
      'settles a choice that is aborted on its way: an answer, or the reason',
    ],
  ],
  [
    'learning that wants records',
    () => ({
      learn: async ([first]) => ({ warnings: [{ code: 'learned', message: first!.runId }] }),
    }),
    ['learns from nothing without harm'],
  ],
  [
    'a second dispose that throws',
    () => {
      let disposed = false;
      return {
        async dispose() {
          if (disposed) throw new Error('again?');
          disposed = true;
        },
      };
    },
    ['may be disposed of twice'],
  ],
];

describe('the suite notices', () => {
  const caught = new Set<string>();

  it.each(BROKEN)('%s', async (_what, breakage, noticedBy) => {
    const create = () => wrapSelector(backwards, breakage);
    const outcomes = await collectOutcomes((runner) => selectorSuite(runner, { create }));
    const failed = failedCases(outcomes);
    for (const name of failed) caught.add(name);
    expect(failed).toEqual(expect.arrayContaining(noticedBy));
  });

  it('something with every one of its cases', async () => {
    const outcomes = await collectOutcomes((runner) =>
      selectorSuite(runner, { create: () => backwards }),
    );
    expect([...outcomes.keys()].filter((name) => !caught.has(name))).toEqual([]);
  });
});
