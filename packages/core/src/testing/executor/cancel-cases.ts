import assert from 'node:assert/strict';
import { assertJsonSafe } from '../check.ts';
import { type ExecutorBench, type ExecutorCase, isTerminal } from './executor-bench.ts';

const skip = ({ executor }: ExecutorBench) =>
  executor.supports.cancel ? undefined : 'supports no cancel';

export const cancelCases: ExecutorCase[] = [
  {
    name: 'cancels a job that has not ended',
    scenario: 'runs',
    skip,
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const before = await executor.inspect(ref, call());
      assert.ok(!isTerminal(before.state), `the job is ${before.state}; it was set to run on`);
      const answer = await executor.cancel!(ref, call());
      assertJsonSafe(answer, "cancel's snapshot");
      assert.ok(['canceling', 'canceled'].includes(answer.state), `cancel gave ${answer.state}`);
      assert.equal((await end(ref)).state, 'canceled');
    },
  },
  {
    name: 'takes a second cancel of the same job',
    scenario: 'runs',
    skip,
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      await Promise.all([executor.cancel!(ref, call()), executor.cancel!(ref, call())]);
      assert.equal((await end(ref)).state, 'canceled');
      assert.equal((await executor.cancel!(ref, call())).state, 'canceled');
    },
  },
  {
    name: 'cancels one of two jobs, not the other',
    scenario: 'runs',
    skip,
    async run({ executor, submit, plan, end, call }) {
      const [one, two] = [await submit(plan(1)), await submit(plan(2))];
      await executor.cancel!(two, call());
      assert.equal((await end(two)).state, 'canceled');
      const { state } = await executor.inspect(one, call());
      assert.ok(!isTerminal(state), `the other job is ${state}`);
    },
  },
  {
    name: 'leaves an ended job as it is, its images too',
    skip,
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const { outputs } = await end(ref);
      assert.equal((await executor.cancel!(ref, call())).state, 'succeeded');
      assert.equal((await executor.inspect(ref, call())).state, 'succeeded');
      const { bytes } = await executor.download(outputs[0]!, ref, call());
      assert.ok(bytes.length > 0, 'the image is gone');
    },
  },
];
