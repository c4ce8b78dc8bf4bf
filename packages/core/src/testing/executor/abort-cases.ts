import assert from 'node:assert/strict';
import type { JobRef } from '../../spec/index.ts';
import { assertRejectsWith } from '../check.ts';
import type { ExecutorCase } from './executor-bench.ts';

const REASON = new Error('the caller gave up');

export const abortCases: ExecutorCase[] = [
  {
    name: 'submits nothing under an aborted signal, and rethrows its reason',
    async run({ executor, plan, call }) {
      const refs: JobRef[] = [];
      const ctx = {
        ...call(AbortSignal.abort(REASON)),
        onRef: async (r: JobRef) => void refs.push(r),
      };
      await assertRejectsWith(executor.submit(plan(), ctx), REASON, 'submit()');
      assert.deepEqual(refs, [], 'a reference was made for a job that must not exist');
    },
  },
  {
    name: 'rethrows the reason where a call is made under an aborted signal',
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const { outputs } = await end(ref);
      const gone = call(AbortSignal.abort(REASON));
      await assertRejectsWith(executor.inspect(ref, gone), REASON, 'inspect()');
      await assertRejectsWith(executor.download(outputs[0]!, ref, gone), REASON, 'download()');
      if (executor.cancel) await assertRejectsWith(executor.cancel(ref, gone), REASON, 'cancel()');
      if (executor.inventory)
        await assertRejectsWith(executor.inventory(gone), REASON, 'inventory()');
      if (!executor.watch) return;
      const watching = async () => {
        for await (const _event of executor.watch!(ref, gone));
      };
      await assertRejectsWith(watching(), REASON, 'watch()');
    },
  },
  {
    name: 'settles a submit that is aborted on its way: accepted, or the reason',
    async run({ executor, plan, call }) {
      const stop = new AbortController();
      const submitting = executor.submit(plan(), { ...call(stop.signal), onRef: async () => {} });
      stop.abort(REASON);
      const outcome: unknown = await submitting.catch((error: unknown) => error);
      const accepted = typeof outcome === 'object' && outcome !== null && 'submittedAt' in outcome;
      assert.ok(accepted || outcome === REASON, `submit threw ${outcome}, not signal.reason`);
    },
  },
  {
    name: 'settles reads that are aborted on their way: an answer, or the reason',
    async run({ executor, submit, end, call }) {
      const ref = await submit();
      const { outputs } = await end(ref);
      const reads = [
        (signal: AbortSignal) => executor.inspect(ref, call(signal)),
        (signal: AbortSignal) => executor.download(outputs[0]!, ref, call(signal)),
      ];
      for (const read of reads) {
        const stop = new AbortController();
        const reading = read(stop.signal);
        stop.abort(REASON);
        const error = await reading.then(
          () => REASON,
          (caught: unknown) => caught,
        );
        assert.equal(error, REASON, `a read threw ${error}, not signal.reason`);
      }
    },
  },
];
