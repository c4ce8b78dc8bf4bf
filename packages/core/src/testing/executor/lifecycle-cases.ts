import assert from 'node:assert/strict';
import { assertImage } from '../picture.ts';
import type { ExecutorCase } from './executor-bench.ts';
import { backendHas, httpOf, requestsOf } from './need-http.ts';

export const lifecycleCases: ExecutorCase[] = [
  {
    proves: 1,
    name: 'takes a plan to the bytes of a real image',
    async run({ picture }) {
      const { bytes, mediaType } = await picture();
      assertImage(bytes, mediaType);
    },
  },
  {
    proves: 1,
    name: 'sees a job queued, running and done, and gives the bytes that the service keeps',
    needs: ['http'],
    scenario: 'takes-time',
    async run({ executor, backend, plan, submit, advance, call }) {
      const filesOf = backendHas(backend.filesOf, 'filesOf');
      const own = plan();
      const ref = await submit(own);
      const states = [(await executor.inspect(ref, call())).state];
      await advance(4_500);
      states.push((await executor.inspect(ref, call())).state);
      await advance(60_000);
      const { state, outputs } = await executor.inspect(ref, call());
      assert.deepEqual([...states, state], ['queued', 'running', 'succeeded']);
      const { bytes } = await executor.download(outputs[0]!, ref, call());
      const [kept] = await filesOf(own.workflow);
      assert.ok(kept && Buffer.from(bytes).equals(kept.bytes), 'the bytes are not the service’s');
    },
  },
  {
    proves: 2,
    name: 'sees a job that is over at its first look',
    needs: ['http'],
    async run({ executor, submit, advance, call }) {
      const ref = await submit();
      await advance(60_000);
      const { state, outputs } = await executor.inspect(ref, call());
      assert.deepEqual([state, outputs.length > 0], ['succeeded', true]);
    },
  },
  {
    proves: 3,
    name: 'bears states in between that it never saw',
    needs: ['http'],
    scenario: 'takes-time',
    async run({ executor, submit, advance, call }) {
      const ref = await submit();
      assert.equal((await executor.inspect(ref, call())).state, 'queued');
      await advance(60_000);
      assert.equal((await executor.inspect(ref, call())).state, 'succeeded');
    },
  },
  {
    proves: 4,
    name: 'takes a state word that nobody knows for running, and says so',
    needs: ['http'],
    scenario: 'unknown-word',
    async run({ executor, submit, end, advance, call }) {
      const ref = await submit();
      await advance(5_000);
      const { state, rawState, warnings } = await executor.inspect(ref, call());
      assert.equal(state, 'running', `"${rawState}" ended the job, or put it back`);
      assert.match(rawState, /warming_up/i, 'rawState is the word of the service');
      assert.ok(warnings.length > 0, 'the unknown word is not warned of');
      assert.equal((await end(ref)).state, 'succeeded');
    },
  },
  {
    proves: 5,
    name: 'reads state words in another letter case',
    needs: ['http'],
    scenario: 'other-letters',
    async run({ play }) {
      const { snapshot } = await play();
      assert.equal(snapshot.state, 'succeeded', `"${snapshot.rawState}" was not understood`);
    },
  },
  {
    proves: 24,
    name: 'looks at a long job ever more seldom, and is in no hurry',
    needs: ['http'],
    scenario: 'runs',
    async run(bench) {
      const http = httpOf(bench, 'inspect');
      const stop = new AbortController();
      const running = bench.host().generate('a red apple', { signal: stop.signal });
      running.catch(() => {});
      await bench.advance(60_000);
      const before = requestsOf(http, 'inspect').length;
      await bench.advance(300_000);
      const looks = requestsOf(http, 'inspect').length - before;
      stop.abort(new Error('seen enough'));
      await bench.run(running.catch(() => {}));
      // Core looks every 5 seconds, or every 2 beside events, which may come from looks of their own.
      assert.ok(looks <= 300, `${looks} looks within five minutes`);
    },
  },
];
