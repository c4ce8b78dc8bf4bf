import assert from 'node:assert/strict';
import type { JobRef } from '../../spec/index.ts';
import { wrapExecutor } from '../../util/wrap.ts';
import { assertRejectsWith } from '../check.ts';
import type { ExecutorCase } from './executor-bench.ts';
import type { HttpOperation } from './http-backend.ts';
import { httpOf, requestsOf } from './need-http.ts';

const REASON = new Error('the caller gave up');

/** A call whose request gets no answer is aborted. */
const silentCases = (['submit', 'inspect', 'download'] satisfies HttpOperation[]).map(
  (operation): ExecutorCase => ({
    proves: 23,
    name: `gives up ${operation}() at once when it is aborted while the service is silent`,
    needs: ['http'],
    operation,
    async run(bench) {
      const http = httpOf(bench, operation);
      const { ref, snapshot } = await bench.play();
      http.meetAlways(operation, { kind: 'silence' });
      // This one has no answer kept that it could give without a request.
      const bare = bench.anotherBare();
      const stop = new AbortController();
      const calls = {
        submit: () => bare.submit(bench.plan(), bench.submitCall(stop.signal)),
        inspect: () => bare.inspect(ref, bench.call(stop.signal)),
        download: () => bare.download(snapshot.outputs[0]!, ref, bench.call(stop.signal)),
      };
      const calling = calls[operation]();
      calling.catch(() => {});
      await bench.settle();
      stop.abort(REASON);
      await assertRejectsWith(calling, REASON, `${operation}()`);
    },
  }),
);

export const abortCases: ExecutorCase[] = [
  {
    proves: 23,
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
    proves: 23,
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
    proves: 23,
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
    proves: 23,
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
  ...silentCases,
  {
    proves: 23,
    name: 'ends an aborted run at once, with one cancel where it can',
    needs: ['http'],
    scenario: 'runs',
    async run(bench) {
      const http = httpOf(bench, 'submit');
      const stop = new AbortController();
      let cancels = 0;
      const counted = wrapExecutor(bench.bare, ({ cancel }) => ({
        ...(cancel && {
          cancel(ref, ctx) {
            cancels += 1;
            return cancel.call(bench.bare, ref, ctx);
          },
        }),
      }));
      const running = bench.host(counted).generate('a red apple', { signal: stop.signal });
      running.catch(() => {});
      await bench.advance(10_000);
      stop.abort(REASON);
      await assertRejectsWith(bench.run(running), REASON, 'generate()');
      await bench.settle();
      const sent = requestsOf(http, 'cancel').length;
      const isStoppable = bench.executor.cancel !== undefined;
      assert.equal(cancels, isStoppable ? 1 : 0, 'a job is canceled once, where that can be');
      assert.equal(sent > 0, isStoppable, `${sent} requests to cancel were sent`);
      assert.equal(requestsOf(http, 'submit').length, 1);
    },
  },
];
