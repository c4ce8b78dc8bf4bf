import assert from 'node:assert/strict';
import { isTerminal } from '../../jobs/job-state.ts';
import { assertJsonSafe } from '../check.ts';
import type { ExecutorCase } from './executor-bench.ts';
import { httpOf, requestsOf } from './need-http.ts';

export const cancelCases: ExecutorCase[] = [
  {
    proves: 41,
    name: 'cancels a job that has not ended',
    scenario: 'runs',
    needs: ['cancel'],
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const before = await executor.inspect(ref, call());
      assert.ok(!isTerminal(before), `the job is ${before.state}; it was set to run on`);
      const answer = await executor.cancel!(ref, call());
      assertJsonSafe(answer, "cancel's snapshot");
      assert.ok(['canceling', 'canceled'].includes(answer.state), `cancel gave ${answer.state}`);
      assert.equal((await end(ref)).state, 'canceled');
    },
  },
  {
    proves: 41,
    name: 'takes a second cancel of the same job',
    scenario: 'runs',
    needs: ['cancel'],
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      await Promise.all([executor.cancel!(ref, call()), executor.cancel!(ref, call())]);
      assert.equal((await end(ref)).state, 'canceled');
      assert.equal((await executor.cancel!(ref, call())).state, 'canceled');
    },
  },
  {
    proves: 41,
    name: 'cancels one of two jobs, not the other',
    scenario: 'runs',
    needs: ['cancel'],
    async run({ executor, submit, plan, end, call }) {
      const [one, two] = [await submit(plan(1)), await submit(plan(2))];
      await executor.cancel!(two, call());
      assert.equal((await end(two)).state, 'canceled');
      const { state } = await executor.inspect(one, call());
      assert.ok(!isTerminal({ state }), `the other job is ${state}`);
    },
  },
  {
    proves: 41,
    name: 'leaves an ended job as it is, its images too',
    needs: ['cancel'],
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const { outputs } = await end(ref);
      assert.equal((await executor.cancel!(ref, call())).state, 'succeeded');
      assert.equal((await executor.inspect(ref, call())).state, 'succeeded');
      const { bytes } = await executor.download(outputs[0]!, ref, call());
      assert.ok(bytes.length > 0, 'the image is gone');
    },
  },
  {
    proves: 41,
    name: 'shows a job that is being canceled as canceling until it is',
    needs: ['cancel', 'http'],
    scenario: 'slow-cancel',
    async run({ executor, submit, advance, call, end }) {
      const ref = await submit();
      await advance(1_000);
      assert.equal((await executor.cancel!(ref, call())).state, 'canceling');
      await advance(10_000);
      assert.equal((await executor.inspect(ref, call())).state, 'canceled');
      assert.equal((await end(ref)).state, 'canceled');
    },
  },
  {
    proves: 41,
    name: 'tells what became of a job that ended while its cancel was lost',
    needs: ['cancel', 'http'],
    operation: 'cancel',
    scenario: 'takes-time',
    async run(bench) {
      const { executor, advance, call } = bench;
      const http = httpOf(bench, 'cancel');
      const ref = await bench.submit();
      await advance(60_000);
      http.meet('cancel', { kind: 'status', status: 500 }, { kind: 'reset-after' });
      // An error is no verdict: the next one tells.
      for (let tries = 0; tries < 2; tries += 1)
        await executor.cancel!(ref, call()).catch(() => {});
      assert.equal((await executor.cancel!(ref, call())).state, 'succeeded');
      assert.equal((await executor.inspect(ref, call())).state, 'succeeded');
    },
  },
  {
    proves: 41,
    name: 'asks the service to cancel nothing where a job is merely looked at',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'inspect');
      await bench.picture();
      assert.equal(requestsOf(http, 'cancel').length, 0);
    },
  },
];
