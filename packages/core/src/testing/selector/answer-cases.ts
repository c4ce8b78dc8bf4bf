import assert from 'node:assert/strict';
import { SELECTOR_SUPPORTS } from '../../util/define.ts';
import { assertManifest, typedError } from '../check.ts';
import { assertSelection } from './check-selection.ts';
import type { SelectorCase } from './selector-bench.ts';

export const answerCases: SelectorCase[] = [
  {
    name: 'says what it is: spec, role, name and a manifest of booleans',
    async run({ selector, another }) {
      assert.equal(selector.spec, 'v1');
      assert.equal(selector.role, 'selector');
      assert.match(selector.name, /^[a-z0-9]+(-[a-z0-9]+)*$/, 'the name is not lower-kebab-case');
      assertManifest(selector.supports, SELECTOR_SUPPORTS);
      assert.match(typeof selector.learn, /^(function|undefined)$/, 'learn is no method');
      assert.deepEqual(another().supports, selector.supports, 'two instances differ');
    },
  },
  {
    name: 'ranks only flows that were offered, and explains',
    async run({ select, flows }) {
      const selection = await select();
      assert.ok(selection.ranked.length > 0, 'it ranked none of the flows');
      assertSelection(selection, flows, 'the selection');
    },
  },
  {
    name: 'ranks none that was taken from the offer',
    async run({ select, request, flows }) {
      const { ranked } = await select();
      const fewer = flows.filter(({ id }) => id !== ranked[0]?.flowId);
      assertSelection(
        await select(request(undefined, { flows: fewer })),
        fewer,
        'without the best',
      );
    },
  },
  {
    name: 'chooses the one flow on offer',
    async run({ select, request, flows }) {
      for (const only of flows) {
        const selection = await select(request(undefined, { flows: [only] }));
        assertSelection(selection, [only], only.id);
        assert.deepEqual(
          selection.ranked.map(({ flowId, probability }) => [flowId, probability]),
          [[only.id, 1]],
        );
      }
    },
  },
  {
    name: 'answers an empty offer with an empty ranking, or with an error of ours',
    async run({ selector, request, call }) {
      const asked = request(undefined, { flows: [] });
      const outcome = await selector.select(asked, call()).catch((error: unknown) => ({ error }));
      if ('error' in outcome) typedError(outcome.error, 'what an empty offer gives');
      else assertSelection(outcome, [], 'the selection from nothing');
    },
  },
  {
    name: 'gives equal bytes for equal requests',
    leftOut: ({ supports }) =>
      supports.deterministic ? undefined : 'supports.deterministic is false',
    async run({ selector, another, request, call }) {
      const first = JSON.stringify(await selector.select(request(), call()));
      assert.equal(JSON.stringify(await selector.select(request(), call())), first, 'asked again');
      const other = JSON.stringify(await another().select(request(), call()));
      assert.equal(other, first, 'another instance gave another answer');
    },
  },
];
