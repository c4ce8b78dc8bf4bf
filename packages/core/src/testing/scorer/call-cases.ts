import assert from 'node:assert/strict';
import { assertRejectsWith } from '../check.ts';
import type { ScorerCase } from './scorer-bench.ts';

const REASON = new Error('the caller gave up');

export const callCases: ScorerCase[] = [
  {
    name: 'leaves the image and the brief as they were',
    async run({ scorer, images, request, call }) {
      for (const image of images()) {
        const asked = request(image);
        const before = structuredClone(asked);
        await scorer.score(asked, call());
        assert.deepEqual(asked, before, 'the request was changed');
      }
    },
  },
  {
    name: 'rethrows the reason of an aborted signal',
    async run({ scorer, request, call }) {
      const gone = call(AbortSignal.abort(REASON));
      await assertRejectsWith(scorer.score(request(), gone), REASON, 'score()');
    },
  },
  {
    name: 'settles a score that is aborted on its way: a score, or the reason',
    async run({ scorer, request, call }) {
      const stop = new AbortController();
      const scoring = scorer.score(request(), call(stop.signal));
      stop.abort(REASON);
      const outcome = await scoring.catch((error: unknown) => error);
      const scored = typeof outcome === 'object' && outcome !== null && 'raw' in outcome;
      assert.ok(scored || outcome === REASON, `score threw ${outcome}, not signal.reason`);
    },
  },
  {
    name: 'may be disposed of twice',
    leftOut: ({ dispose }) => (dispose ? undefined : 'it has no dispose()'),
    async run({ scorer }) {
      await scorer.dispose!();
      await scorer.dispose!();
    },
  },
];
