import assert from 'node:assert/strict';
import type { ErrorCode } from '../../errors/codes.ts';
import type { Workflow } from '../../spec/index.ts';
import { assertNoSecret, causeOf, errorOf } from '../check.ts';
import type { ExecutorCase } from './executor-bench.ts';
import { httpOf, requestsOf } from './need-http.ts';

const STATUSES: [status: number, code: ErrorCode][] = [
  [401, 'AUTH'],
  [402, 'PAYMENT'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [413, 'PAYLOAD_TOO_LARGE'],
  [422, 'INVALID_WORKFLOW'],
];

const statusCases = STATUSES.map(
  ([status, code]): ExecutorCase => ({
    proves: 13,
    name: `calls a submit that is answered with ${status} ${code}, and keeps what was said`,
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      const [secret = 'none'] = bench.backend.secrets ?? [];
      const body = { message: `no ${status} for ${secret}`, node_errors: { 3: { errors: [] } } };
      http.meetAlways('submit', { kind: 'status', status, body });
      const error = causeOf(await errorOf(bench.submit(), 'submit()'), code);
      assert.equal(error.retryable, false, 'the same plan would be refused again');
      const told = `${error.message} ${JSON.stringify(error.details)}`;
      assert.ok(told.includes(`no ${status} for`), `what the service said is lost: ${told}`);
      assertNoSecret(error, bench.backend.secrets, 'an error');
      assert.equal(await http.accepted(), 0);
    },
  }),
);

export const submitCases: ExecutorCase[] = [
  {
    proves: 10,
    name: 'sends its key with each request to the service',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench);
      await bench.picture();
      const own = http.requests().filter(({ origin }) => origin === http.origin);
      assert.ok(own.length > 1, 'the service got no requests');
      for (const { method, path, headers } of own)
        for (const [name, value] of Object.entries(http.credentials))
          assert.equal(headers[name], value, `${method} ${path} has no ${name}, or another one`);
    },
  },
  {
    proves: 11,
    name: 'leaves the plan as it was',
    async run({ plan, play }) {
      const own = plan();
      const before = structuredClone(own);
      await play(own);
      assert.deepEqual(own, before, 'the plan was changed');
    },
  },
  {
    proves: 11,
    name: 'sends the graph as it is, but for names of files that it has to trace',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      const own = bench.plan();
      await bench.submit(own);
      assert.deepEqual(whatRuns(http.sent()), whatRuns(own.workflow));
    },
  },
  {
    proves: 12,
    name: 'refuses the format of the editor before any request',
    needs: ['http'],
    async run(bench) {
      const http = httpOf(bench, 'submit');
      const workflow = { nodes: [], links: [], version: 0.4 } as unknown as Workflow;
      const error = await errorOf(bench.submit({ ...bench.plan(), workflow }), 'submit()');
      const expected = ['UNSUPPORTED_FORMAT', 'INVALID_WORKFLOW'];
      assert.ok(expected.includes(error.code), `the editor's format gave ${error.code}`);
      assert.equal(requestsOf(http, 'submit').length, 0);
    },
  },
  ...statusCases,
];

/**
 * Without titles, and without the one rewrite that an executor may make: a tag by which it finds a node's files again.
 */
function whatRuns(workflow: Workflow) {
  const nodes = Object.entries(workflow).map(([id, { class_type, inputs }]) => {
    const tagged = typeof inputs['filename_prefix'] === 'string';
    return [id, { class_type, inputs: { ...inputs, ...(tagged && { filename_prefix: '' }) } }];
  });
  return Object.fromEntries(nodes);
}
