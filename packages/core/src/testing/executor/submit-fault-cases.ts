import assert from 'node:assert/strict';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { JobRef } from '../../spec/index.ts';
import { causeOf, errorOf, typedError } from '../check.ts';
import type { ExecutorBench, ExecutorCase } from './executor-bench.ts';
import type { HttpFault, RetryHint } from './http-backend.ts';
import { httpOf, requestsOf } from './need-http.ts';

const HINTS: RetryHint[] = ['seconds', 'date', 'body', 'detail', 'none'];
const DAY_MS = 86_400_000;

const hintCases = HINTS.map(
  (hint): ExecutorCase => ({
    proves: 14,
    name: `waits as long as a 429 asks for, its hint ${hint === 'none' ? 'missing' : `in ${hint}`}`,
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      http.meet('submit', { kind: 'rate-limited', hint, ms: 7_000 });
      const from = bench.now();
      const { images } = await bench.run(bench.host().generate('a red apple'));
      const waited = bench.now() - from;
      assert.ok(waited >= (hint === 'none' ? 1 : 7_000), `it came back after ${waited} ms`);
      assert.ok(waited < 60_000, `it came back after ${waited} ms only`);
      assert.deepEqual([images.length, await http.accepted()], [1, 1]);
    },
  }),
);

/** What may have made a job: then there is one, and it is known to be or may be. */
const OPEN: [number: number, what: string, fault: HttpFault, taken: number][] = [
  [15, 'whose connection broke after the job was taken', { kind: 'reset-after' }, 1],
  [15, 'whose answer broke off after the job was taken', { kind: 'truncated' }, 1],
  [16, 'that met a 500', { kind: 'status', status: 500, body: 'oops' }, 0],
  [16, 'that met a 502', { kind: 'status', status: 502, body: '<h1>Bad Gateway</h1>' }, 0],
  [16, 'that met a 503', { kind: 'status', status: 503 }, 0],
  [16, 'that met a 504', { kind: 'status', status: 504 }, 0],
  [17, 'that was answered with a login page', { kind: 'html' }, 0],
];

const openCases = OPEN.map(
  ([proves, what, fault, taken]): ExecutorCase => ({
    proves,
    name: `makes no second job of a submit ${what}`,
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      http.meet('submit', fault);
      const outcome = await outcomeOf(bench);
      if (ComfygenError.is(outcome)) assertOpen(outcome, taken);
      else assert.equal((await bench.end(outcome)).state, 'succeeded', 'the job does not run');
      const accepted = await http.accepted();
      assert.ok(accepted <= 1, `${accepted} jobs were made`);
      const sure = ComfygenError.is(outcome) ? taken : 1;
      assert.equal(accepted, sure, 'what submit said of the job is not so');
      assertOneKey(bench);
    },
  }),
);

export const submitFaultCases: ExecutorCase[] = [
  ...hintCases,
  {
    proves: 14,
    name: 'does not wait for ever where each submit is answered with 429',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      http.meetAlways('submit', { kind: 'rate-limited', hint: 'seconds', ms: 600_000 });
      const running = bench.run(bench.host().generate('a red apple'), DAY_MS);
      causeOf(await errorOf(running, 'generate()'), 'RATE_LIMITED');
      assert.equal(await http.accepted(), 0);
    },
  },
  ...openCases,
  {
    proves: 17,
    name: 'bears error bodies that are empty or a web page',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      http.meet('submit', { kind: 'status', status: 422 });
      assert.equal((await errorOf(bench.submit(), 'submit()')).code, 'INVALID_WORKFLOW');
      http.meet('submit', { kind: 'status', status: 422, body: '<b>go away</b>' });
      const error = await errorOf(bench.submit(), 'submit()');
      assert.ok(error.message.includes('go away'), `what was said is lost: ${error.message}`);
    },
  },
  {
    proves: 18,
    name: 'bears a service that takes 45 seconds to accept a job',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      http.meet('submit', { kind: 'slow', ms: 45_000 });
      assert.equal((await bench.play()).snapshot.state, 'succeeded');
      assert.equal(await http.accepted(), 1);
    },
  },
  {
    proves: 19,
    name: 'sends no submit again, but under the same idempotency key',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      http.meet('submit', { kind: 'reset' }, { kind: 'reset-after' });
      const outcome = await outcomeOf(bench);
      assertOneKey(bench);
      const accepted = await http.accepted();
      assert.ok(accepted <= 1, `${accepted} jobs were made`);
      if (!ComfygenError.is(outcome)) assert.equal(accepted, 1);
    },
  },
];

async function outcomeOf({ submit }: ExecutorBench): Promise<JobRef | ComfygenError> {
  return submit().catch((error: unknown) => typedError(error, 'what submit throws'));
}

/** Of a job that was taken nobody may say that it was not; of one that was not, that it may have been is no lie. */
function assertOpen({ code }: ComfygenError, taken: number): void {
  const untaken = ['SUBMIT_UNKNOWN', 'UNAVAILABLE', 'JOB_LOST', 'AUTH'];
  const expected = taken > 0 ? ['SUBMIT_UNKNOWN'] : untaken;
  assert.ok(expected.includes(code), `submit threw ${code}, not ${expected.join(' or ')}`);
}

/** One POST; or each has the same key, by which the service knows them for one. */
function assertOneKey(bench: ExecutorBench): void {
  const submits = requestsOf(httpOf(bench), 'submit');
  if (submits.length <= 1 || bench.executor.supports.ownId) return;
  const keys = new Set(submits.map(({ headers }) => headers['idempotency-key']));
  assert.deepEqual([keys.size, keys.has(undefined)], [1, false], 'a submit was sent twice');
}
