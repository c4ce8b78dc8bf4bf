import assert from 'node:assert/strict';
import type { ScorerV1 } from '../../spec/index.ts';
import { SCORER_SUPPORTS } from '../../util/define.ts';
import { assertManifest } from '../check.ts';
import { assertScore } from './check-score.ts';
import type { ScorerCase } from './scorer-bench.ts';

const ODD_PROMPTS = ['🦊❄️', 'תפוח אדום', '...', '__proto__ constructor', 'word '.repeat(2_000)];
const alwaysEqual = ({ supports }: ScorerV1) =>
  supports.deterministic ? undefined : 'supports.deterministic is false';

export const scoreCases: ScorerCase[] = [
  {
    name: 'says what it is: spec, role, name, version, range and a manifest of booleans',
    async run({ scorer, another }) {
      assert.equal(scorer.spec, 'v1');
      assert.equal(scorer.role, 'scorer');
      assert.match(scorer.name, /^\S+$/, 'the name must be one word');
      assert.ok(typeof scorer.version === 'string' && scorer.version !== '', 'no version');
      const [low, high] = scorer.range;
      assert.ok(Number.isFinite(low) && Number.isFinite(high) && low < high, 'no real range');
      assertManifest(scorer.supports, SCORER_SUPPORTS);
      const twin = another();
      for (const key of ['name', 'version', 'range', 'supports'] as const)
        assert.deepEqual(twin[key], scorer[key], `two instances differ in ${key}`);
    },
  },
  {
    name: 'scores within its range, with finite measures',
    async run({ scorer, images, score }) {
      for (const [index, image] of images().entries())
        assertScore(await score(image), scorer, `image ${index + 1}`);
    },
  },
  {
    name: 'gives equal scores for equal images and briefs',
    leftOut: alwaysEqual,
    async run({ another, images, score, request, call }) {
      for (const image of images()) {
        const first = await score(structuredClone(image));
        assert.deepEqual(await score(structuredClone(image)), first, 'asked again');
        const other = await another().score(request(image), call());
        assert.deepEqual(other, first, 'another instance gave another score');
      }
    },
  },
  {
    name: 'scores images at once as it scores each alone',
    leftOut: alwaysEqual,
    async run({ images, score }) {
      const alone = [];
      for (const image of images()) alone.push(await score(image));
      assert.deepEqual(await Promise.all(images().map((image) => score(image))), alone);
    },
  },
  {
    name: 'judges the pixels alone where it says so',
    leftOut: (scorer) => (scorer.supports.prompt ? 'supports.prompt is true' : alwaysEqual(scorer)),
    async run({ scorer, request, call }) {
      const one = await scorer.score(request(undefined, 'a red apple'), call());
      const two = await scorer.score(request(undefined, 'a green frog on a hill'), call());
      assert.deepEqual(two, one, 'supports.prompt is false, but the prompt changes the score');
    },
  },
  {
    name: 'takes odd prompts',
    async run({ scorer, request, call }) {
      for (const prompt of ODD_PROMPTS)
        assertScore(await scorer.score(request(undefined, prompt), call()), scorer, prompt);
    },
  },
];
