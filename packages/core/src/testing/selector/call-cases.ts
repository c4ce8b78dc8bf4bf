import assert from 'node:assert/strict';
import type { SelectorV1 } from '../../spec/index.ts';
import { assertRejectsWith, assertWarnings } from '../check.ts';
import type { SelectorCase } from './selector-bench.ts';

const REASON = new Error('the caller gave up');
const alwaysEqual = ({ supports }: SelectorV1) =>
  supports.deterministic ? undefined : 'supports.deterministic is false';

export const callCases: SelectorCase[] = [
  {
    name: 'leaves the request as it was',
    async run({ selector, request, call }) {
      const asked = request();
      const before = structuredClone(asked);
      await selector.select(asked, call());
      assert.deepEqual(asked, before, 'the request was changed');
    },
  },
  {
    name: 'rethrows the reason of an aborted signal',
    async run({ selector, request, call }) {
      const gone = call(AbortSignal.abort(REASON));
      await assertRejectsWith(selector.select(request(), gone), REASON, 'select()');
    },
  },
  {
    name: 'settles a choice that is aborted on its way: an answer, or the reason',
    async run({ selector, request, call }) {
      const stop = new AbortController();
      const choosing = selector.select(request(), call(stop.signal));
      stop.abort(REASON);
      const outcome = await choosing.catch((error: unknown) => error);
      const answered = typeof outcome === 'object' && outcome !== null && 'ranked' in outcome;
      assert.ok(answered || outcome === REASON, `select threw ${outcome}, not signal.reason`);
    },
  },
  {
    name: 'answers two requests at once as it answers each alone',
    leftOut: alwaysEqual,
    async run({ selector, request, call }) {
      const [fox, city] = [request('a red fox in snow'), request('a city at night, anime')];
      const alone = [await selector.select(fox, call()), await selector.select(city, call())];
      const both = await Promise.all([selector.select(fox, call()), selector.select(city, call())]);
      assert.deepEqual(both, alone);
    },
  },
  {
    name: 'learns from nothing without harm',
    leftOut: ({ learn }) => (learn ? undefined : 'it has no learn()'),
    async run({ selector, call }) {
      assertWarnings((await selector.learn!([], call())).warnings, 'learn()');
    },
  },
  {
    name: 'may be disposed of twice',
    leftOut: ({ dispose }) => (dispose ? undefined : 'it has no dispose()'),
    async run({ selector }) {
      await selector.dispose!();
      await selector.dispose!();
    },
  },
];
