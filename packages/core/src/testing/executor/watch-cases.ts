import assert from 'node:assert/strict';
import type { JobEvent, JobRef } from '../../spec/index.ts';
import { assertJsonSafe, assertRejectsWith } from '../check.ts';
import { type ExecutorBench, type ExecutorCase, isTerminal } from './executor-bench.ts';

const skip = ({ executor }: ExecutorBench) => (executor.watch ? undefined : 'has no watch()');

async function eventsOf({ executor, call }: ExecutorBench, ref: JobRef): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of executor.watch!(ref, call())) events.push(event);
  return events;
}

const isEnd = (event: JobEvent) => event.type === 'state' && isTerminal(event.state);

export const watchCases: ExecutorCase[] = [
  {
    name: 'ends its events with the final state, once',
    skip,
    async run(bench) {
      const ref = await bench.submit();
      const events = await eventsOf(bench, ref);
      const { state } = await bench.end(ref);
      const ends = events.filter(isEnd);
      // A watch may end early; but a final state that it tells is the last word, and true.
      if (ends.length === 0) return;
      assert.equal(ends.length, 1, 'there was more than one final state');
      assert.deepEqual(events.at(-1), { type: 'state', state });
    },
  },
  {
    name: 'never lets progress fall, nor leave 0 to 1',
    skip,
    async run(bench) {
      const events = await eventsOf(bench, await bench.submit());
      const progress = events.flatMap((event) =>
        event.type === 'progress' ? [event.progress] : [],
      );
      assertJsonSafe(progress, 'progress');
      let reached = 0;
      for (const { fraction } of progress) {
        assert.ok(fraction >= 0 && fraction <= 1, `progress is ${fraction}`);
        assert.ok(fraction >= reached, `progress fell from ${reached} to ${fraction}`);
        reached = fraction;
      }
      if (bench.executor.supports.progress)
        assert.ok(progress.length > 0, 'supports.progress, but a whole job showed none');
    },
  },
  {
    name: 'ends its events at once for a job that is over',
    skip,
    async run(bench) {
      const ref = await bench.submit();
      await bench.end(ref);
      await eventsOf(bench, ref);
    },
  },
  {
    name: 'rethrows the reason where a watch is aborted',
    scenario: 'runs',
    skip,
    async run({ executor, submit, call }) {
      const ref = await submit();
      const stop = new AbortController();
      const reason = new Error('no longer watching');
      const watching = (async () => {
        for await (const _event of executor.watch!(ref, call(stop.signal))) stop.abort(reason);
        // A watch may end early of itself: then there is nothing left to abort.
        if (!stop.signal.aborted) throw reason;
      })();
      // A job that shows nothing is aborted all the same, once its watch has begun.
      await Promise.race([watching.catch(() => {}), executor.inspect(ref, call())]);
      stop.abort(reason);
      await assertRejectsWith(watching, reason, 'watch()');
    },
  },
];
