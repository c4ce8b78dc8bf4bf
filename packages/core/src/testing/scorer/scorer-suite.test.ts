import { describe, expect, it } from 'vitest';
import type { Score, ScorerRequest, ScorerV1 } from '../../spec/index.ts';
import { wrapScorer } from '../../util/wrap.ts';
import { encodePng } from '../picture.ts';
import { collectOutcomes, failedCases } from '../reference/collect-outcomes.ts';
import { byteWeight } from '../reference/sound-parts.ts';
import { scorerSuite } from './scorer-suite.ts';

scorerSuite({ describe, it }, { create: () => wrapScorer(byteWeight, () => ({})) });

type Breakage = (part: ScorerV1) => Partial<Omit<ScorerV1, 'spec' | 'role'>>;
const scores =
  (change: (score: Score, request: ScorerRequest) => object): Breakage =>
  (part) => ({
    async score(request, ctx) {
      const score = await part.score(request, ctx);
      return { ...score, ...change(score, request) };
    },
  });
/** Gives a score where the sound scorer refuses. */
const lenient =
  (on: (bytes: Uint8Array) => boolean): Breakage =>
  (part) => ({
    async score(request, ctx) {
      ctx.signal.throwIfAborted();
      if (on(request.image.bytes)) return { value: 0, raw: {}, warnings: [] };
      return part.score(request, ctx);
    },
  });
const crashing = (on: (bytes: Uint8Array) => boolean): Breakage =>
  scores((_score, { image }) => {
    if (on(image.bytes)) throw new RangeError('offset is out of bounds');
    return {};
  });
const whole = encodePng(64, 64, (x, y) => [x, y, 0]);
const NAMED = 'says what it is: spec, role, name, version, range and a manifest of booleans';
const RANGE = 'scores within its range, with finite measures';
const EQUAL = 'gives equal scores for equal images and briefs';

/** Broken scorers, each with the cases that must notice it (others may too). */
const BROKEN: [what: string, breakage: Breakage, noticedBy: string[]][] = [
  ['no version', () => ({ version: '' }), [NAMED]],
  ['a range that is upside down', () => ({ range: [1, 0] }), [NAMED]],
  ['a value above its range', scores(() => ({ value: 1.01 })), [RANGE, 'takes odd prompts']],
  ['a value of NaN', scores(() => ({ value: Number.NaN })), [RANGE]],
  ['a raw measure without bound', scores(() => ({ raw: { snr: Infinity } })), [RANGE]],
  ['a random value', scores(() => ({ value: Math.random() })), [EQUAL]],
  [
    'one image at a time',
    (part) => {
      let busy = 0;
      return {
        async score(request, ctx) {
          busy += 1;
          await new Promise((resolve) => setImmediate(resolve));
          const score = await part.score(request, ctx);
          const value = busy > 1 ? 0 : score.value;
          busy -= 1;
          return { ...score, value };
        },
      };
    },
    ['scores images at once as it scores each alone'],
  ],
  [
    'a prompt that it reads unsaid',
    scores((_score, { brief }) => ({ raw: { words: brief.prompt.length } })),
    ['judges the pixels alone where it says so'],
  ],
  [
    'a value for no bytes',
    lenient((b) => b.length === 0),
    ['refuses what is no image: no bytes at all'],
  ],
  [
    'a value for a web page',
    lenient((b) => b[0] === 60),
    ['refuses what is no image: a page of HTML'],
  ],
  ['a value for zeros', lenient((b) => b[0] === 0), ['refuses what is no image: zeros']],
  [
    'a value for the start of an image',
    lenient((b) => b.length === 20),
    ['refuses what is no image: the first 20 bytes of a PNG'],
  ],
  [
    'a crash on half an image',
    crashing((b) => b.length === whole.length >> 1),
    ['scores or refuses a damaged image, no third way: half a PNG'],
  ],
  [
    'a crash on a wrong byte',
    crashing((b) => b.length === whole.length && b[50] !== whole[50]),
    ['scores or refuses a damaged image, no third way: a PNG with a wrong byte'],
  ],
  [
    'a crash on one pixel',
    crashing((b) => b[19] === 1 && b[23] === 1),
    ['scores or refuses an image of one pixel'],
  ],
  [
    'bytes that it writes to',
    scores((_score, { image }) => {
      image.bytes[image.bytes.length - 1] = 0;
      return {};
    }),
    ['leaves the image and the brief as they were'],
  ],
  [
    'deaf to an aborted signal',
    (part) => ({
      score: (request, ctx) =>
        part.score(request, { ...ctx, signal: new AbortController().signal }),
    }),
    ['rethrows the reason of an aborted signal'],
  ],
  [
    'an AbortError of its own',
    (part) => ({
      async score(request, ctx) {
        await new Promise((resolve) => setImmediate(resolve));
        if (ctx.signal.aborted) throw new DOMException('aborted', 'AbortError');
        return part.score(request, ctx);
      },
    }),
    [
      'rethrows the reason of an aborted signal',
      'settles a score that is aborted on its way: a score, or the reason',
    ],
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
    const create = () => wrapScorer(byteWeight, breakage);
    const outcomes = await collectOutcomes((runner) => scorerSuite(runner, { create }));
    const failed = failedCases(outcomes);
    for (const name of failed) caught.add(name);
    expect(failed).toEqual(expect.arrayContaining(noticedBy));
  });

  it('something with every one of its cases', async () => {
    const outcomes = await collectOutcomes((runner) =>
      scorerSuite(runner, { create: () => byteWeight }),
    );
    expect([...outcomes.keys()].filter((name) => !caught.has(name))).toEqual([]);
  });
});
