import assert from 'node:assert/strict';
import { isTerminal } from '../../jobs/job-state.ts';
import type { JobRef, JobSnapshot } from '../../spec/index.ts';
import { errorOf, typedError } from '../check.ts';
import type { ExecutorBench, ExecutorCase } from './executor-bench.ts';
import type { HttpFault } from './http-backend.ts';
import { httpOf, requestsOf } from './need-http.ts';

const PASSING: HttpFault[] = [
  { kind: 'status', status: 500 },
  { kind: 'reset' },
  { kind: 'truncated' },
  { kind: 'html' },
  { kind: 'rate-limited', hint: 'seconds', ms: 1_000 },
  { kind: 'silence' },
];
const TOO_OLD_MS = 25 * 3_600_000;

const passingCases = PASSING.map(
  (fault): ExecutorCase => ({
    proves: 20,
    name: `survives a look that meets ${fault.kind}`,
    needs: ['http'],
    scenario: 'takes-time',
    async run(bench) {
      const http = httpOf(bench, 'inspect');
      http.meet('inspect', fault);
      const { images } = await bench.run(bench.host().generate('a red apple'));
      assert.deepEqual([images.length, await http.accepted()], [1, 1]);
    },
  }),
);

export const pollingCases: ExecutorCase[] = [
  ...passingCases,
  {
    proves: 20,
    name: 'ends a run whose job stays out of sight, and submits it no second time',
    needs: ['http'],
    scenario: 'takes-time',
    async run(bench) {
      const http = httpOf(bench, 'inspect');
      const fault: HttpFault = { kind: 'status', status: 500 };
      // A socket that stands may tell of the end as well; of requests the last word counts.
      if (http.operations.includes('watch')) http.meetAlways('watch', fault);
      http.meetAlways('inspect', fault);
      const error = await errorOf(bench.run(bench.host().generate('a red apple')), 'generate()');
      assert.equal(error.code, 'HOST_FAULT');
      assert.equal(error.jobFate, 'open', 'the job may still run');
      assert.equal(await http.accepted(), 1);
    },
  },
  {
    proves: 21,
    name: 'calls an unknown job lost, without waiting for it',
    async run(bench) {
      const own = await bench.submit();
      await bench.end(own);
      assertGone(await gone(bench, { ...own, id: globalThis.crypto.randomUUID() }));
    },
  },
  {
    proves: 21,
    name: 'calls a job that the service has forgotten expired or lost',
    needs: ['http'],
    scenario: 'forgets',
    async run(bench) {
      const { ref } = await bench.play();
      await bench.advance(TOO_OLD_MS);
      assertGone(await gone(bench, ref));
    },
  },
  {
    proves: 22,
    name: 'leaves a reference when a run is out of time, which tells what became of its job',
    needs: ['http'],
    scenario: 'takes-time',
    async run(bench) {
      const http = httpOf(bench, 'submit');
      const host = bench.host();
      let planId = '';
      host.events.on('execute-start', (event) => {
        planId = event.planId;
      });
      const running = bench.run(host.generate('a red apple', { timeoutMs: 5_000 }));
      assert.equal((await errorOf(running, 'generate()')).code, 'CLIENT_TIMEOUT');
      const resumed = await bench.run(host.resume(planId)).catch((error: unknown) => error);
      // Where it could be canceled it was.
      if (resumed instanceof Error)
        assert.equal(typedError(resumed, 'what resume throws').code, 'CANCELED');
      else assert.equal((resumed as { images: unknown[] }).images.length, 1);
      assert.equal(requestsOf(http, 'submit').length, 1);
    },
  },
  {
    proves: 25,
    name: 'waits on the clock that it is given, and leaves no timer on it',
    needs: ['http'],
    scenario: 'takes-time',
    async run(bench) {
      const http = httpOf(bench, 'submit');
      // An answer that never comes is given up by the clock: a timer of the machine's would hold this up.
      http.meetAlways('submit', { kind: 'silence' });
      await errorOf(bench.submit(), 'submit()');
      http.meetAlways('submit', undefined);
      const { snapshot } = await bench.play();
      assert.equal(snapshot.state, 'succeeded');
      await bench.executor.dispose?.();
      await bench.backend.close?.();
      await bench.settle();
      assert.equal(bench.backend.clock?.sleeping ?? 0, 0, 'a timer was left');
    },
  },
];

async function gone(bench: ExecutorBench, ref: JobRef): Promise<JobSnapshot | Error> {
  return bench.end(ref, bench.anotherBare()).catch((error: Error) => error);
}

function assertGone(found: JobSnapshot | Error): void {
  const codes = ['JOB_LOST', 'NOT_FOUND'];
  if (found instanceof Error) {
    const { code } = typedError(found, 'what inspect throws for an unknown job');
    assert.ok(codes.includes(code), `an unknown job gave ${code}`);
    return;
  }
  const { state, failure } = found;
  assert.ok(isTerminal({ state }) && state !== 'succeeded', `an unknown job is ${state}`);
  if (state === 'failed') assert.ok(codes.includes(String(failure?.code)), `not ${failure?.code}`);
}
