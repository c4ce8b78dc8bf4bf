import assert from 'node:assert/strict';
import { isTerminal } from '../../jobs/job-state.ts';
import type { JobEvent } from '../../spec/index.ts';
import { assertJsonSafe, assertRejectsWith } from '../check.ts';
import type { ExecutorCase } from './executor-bench.ts';
import type { HttpFault } from './http-backend.ts';
import { httpOf } from './need-http.ts';

const isEnd = (event: JobEvent) => event.type === 'state' && isTerminal(event);

const ORDER = ['queued', 'running', 'canceling'];

/** How far the job was, by each event that says so. */
function progressOf(events: readonly JobEvent[]): number[] {
  const progress = events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
  assertJsonSafe(progress, 'progress');
  return progress.map(({ fraction }) => fraction);
}

function assertForward(fractions: readonly number[]): void {
  let reached = 0;
  for (const fraction of fractions) {
    assert.ok(fraction >= 0 && fraction <= 1, `progress is ${fraction}`);
    assert.ok(fraction >= reached, `progress fell from ${reached} to ${fraction}`);
    reached = fraction;
  }
}

function assertShown(fractions: readonly number[]): void {
  assert.ok(fractions.length > 0, 'supports.progress, but a whole job showed none');
}

/** What happens to the request for a job's events. */
const BROKEN: HttpFault[] = [
  { kind: 'status', status: 501 },
  { kind: 'rate-limited', hint: 'seconds', ms: 30_000 },
  { kind: 'reset' },
  { kind: 'silence' },
  { kind: 'truncated' },
  { kind: 'html' },
];

const brokenCases = BROKEN.map(
  (fault): ExecutorCase => ({
    proves: 42,
    name: `follows a job to its end although its events meet ${fault.kind}`,
    needs: ['watch', 'http'],
    operation: 'watch',
    scenario: 'takes-time',
    async run(bench) {
      const http = httpOf(bench, 'watch');
      http.meetAlways('watch', fault);
      const told: number[] = [];
      const host = bench.host();
      host.events.on('execute-progress', ({ fraction }) => void told.push(fraction));
      const { images } = await bench.run(host.generate('a red apple'));
      assert.deepEqual([images.length, await http.accepted()], [1, 1]);
      assertForward(told);
    },
  }),
);

export const watchCases: ExecutorCase[] = [
  {
    proves: 6,
    name: 'ends its events with the final state, once',
    needs: ['watch'],
    async run({ submit, events: eventsOf, end }) {
      const ref = await submit();
      const events = await eventsOf(ref);
      const { state } = await end(ref);
      const ends = events.filter(isEnd);
      // A watch may end early; but a final state that it tells is the last word, and true.
      if (ends.length === 0) return;
      assert.equal(ends.length, 1, 'there was more than one final state');
      assert.deepEqual(events.at(-1), { type: 'state', state });
    },
  },
  {
    proves: 6,
    name: 'never lets a state go back, nor tells anything after the final one',
    needs: ['watch', 'http'],
    scenario: 'takes-time',
    async run({ submit, events }) {
      const seen = await events(await submit());
      const states = seen.flatMap((event) => (event.type === 'state' ? [event.state] : []));
      const places = states.map((state) => (isTerminal({ state }) ? 9 : ORDER.indexOf(state)));
      assert.deepEqual(places, [...new Set(places)].sort(), `states went ${states.join(', ')}`);
      const last = seen.findIndex(isEnd);
      assert.ok(last < 0 || last === seen.length - 1, 'something came after the final state');
    },
  },
  {
    proves: 42,
    name: 'never lets progress fall, nor leave 0 to 1',
    needs: ['watch'],
    async run({ executor, submit, events }) {
      const fractions = progressOf(await events(await submit()));
      assertForward(fractions);
      // A service may be done before it is looked at.
      if (executor.supports.progress && !executor.supports.http) assertShown(fractions);
    },
  },
  {
    proves: 42,
    name: 'shows how far a job of a service is, where it says so',
    needs: ['watch', 'progress', 'http'],
    scenario: 'takes-time',
    async run({ submit, events }) {
      const fractions = progressOf(await events(await submit()));
      assertForward(fractions);
      assertShown(fractions);
    },
  },
  {
    proves: 6,
    name: 'ends its events at once for a job that is over',
    needs: ['watch'],
    async run({ submit, end, events }) {
      const ref = await submit();
      await end(ref);
      await events(ref);
    },
  },
  {
    proves: 23,
    name: 'rethrows the reason where a watch is aborted',
    scenario: 'runs',
    needs: ['watch'],
    async run({ bare: executor, submit, call }) {
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
  ...brokenCases,
];
