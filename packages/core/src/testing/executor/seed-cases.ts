import assert from 'node:assert/strict';
import { pixelData } from '../picture.ts';
import type { ExecutorCase } from './executor-bench.ts';
import { backendHas, httpOf } from './need-http.ts';

const LARGEST_SEED = 2n ** 64n - 1n;

export const seedCases: ExecutorCase[] = [
  {
    proves: 40,
    name: 'runs the seed of the graph',
    needs: ['seed'],
    async run({ plan, picture }) {
      const seven = pixelData((await picture(plan(7))).bytes);
      const eight = pixelData((await picture(plan(8))).bytes);
      const again = pixelData((await picture(plan(7))).bytes);
      assert.notEqual(eight, seven, 'seeds 7 and 8 gave the same picture');
      assert.equal(again, seven, 'seed 7 gave two different pictures');
    },
  },
  {
    proves: 40,
    name: 'sends seeds up to 2^64 − 1 digit by digit',
    needs: ['seed', 'http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      await bench.submit(bench.plan(LARGEST_SEED));
      const values = Object.values(http.sent()).flatMap(({ inputs }) => Object.values(inputs));
      assert.ok(values.includes(LARGEST_SEED), 'the seed was rounded on its way');
    },
  },
  {
    proves: 40,
    name: 'gives bytes that nobody touched',
    needs: ['seed', 'http'],
    async run({ backend, plan, picture }) {
      const filesOf = backendHas(backend.filesOf, 'filesOf');
      const own = plan();
      const [kept] = await filesOf(own.workflow);
      const { bytes } = await picture(own);
      assert.ok(kept && Buffer.from(bytes).equals(kept.bytes), 'the bytes are not the service’s');
    },
  },
];
