import type { Plan } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/testing/fault.ts';
import { openComfyApi, openRunpod, SERVICES } from './bench.ts';
import { SECRET, testGraph, testPlan } from './test-plan.ts';

describe.each(SERVICES)('$name: submitting', ({ name, open, routes }) => {
  const refused = async (fault: Fault, plan?: Plan) => {
    const bench = await open();
    bench.fake.faults.add(routes.submit, fault);
    const { executor, ctx, fake } = bench;
    const error = await bench.errorOf(
      executor.submit(plan ?? testPlan(), { ...ctx, onRef: async () => {} }),
    );
    return { error, posts: fake.count(routes.submit), taken: bench.taken() };
  };

  it('10: sends the key with every request', async () => {
    const { submit, end, fake } = await open();
    await end(await submit());
    expect(fake.requests.length).toBeGreaterThan(1);
    for (const { headers } of fake.requests)
      expect(headers['authorization']).toBe(`Bearer ${SECRET}`);
  });

  it('11: sends the graph as it is, but for tags where it has to trace files; the plan stays as it was', async () => {
    const { submit, fake } = await open();
    const plan = testPlan(testGraph({ saves: 2 }));
    const before = structuredClone(plan);
    await submit(plan);
    expect(plan).toEqual(before);
    const body = fake.requests[0]!.json() as { workflow?: unknown; input?: { workflow: unknown } };
    const expected = structuredClone(plan.workflow);
    if (name === 'runpod') {
      expected['9']!.inputs['filename_prefix'] = 'fox/cg0-save0';
      expected['10']!.inputs['filename_prefix'] = 'fox/cg1-save1';
    }
    expect(body.workflow ?? body.input?.workflow).toEqual(expected);
  });

  it('12: refuses the editor’s format before any request', async () => {
    const { executor, ctx, errorOf, fake } = await open();
    const workflow = { nodes: [], links: [], version: 0.4 } as never;
    const plan = { ...testPlan(), workflow };
    const error = await errorOf(executor.submit(plan, { ...ctx, onRef: async () => {} }));
    expect(error.code).toBe('UNSUPPORTED_FORMAT');
    expect(fake.requests).toEqual([]);
  });

  it.each([
    [401, 'AUTH'],
    [402, 'PAYMENT'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [413, 'PAYLOAD_TOO_LARGE'],
    [422, 'INVALID_WORKFLOW'],
  ])('13: %i is %s, with what the service said', async (status, code) => {
    const body = { detail: `no ${status} for ${SECRET}` };
    const { error, posts, taken } = await refused({ kind: 'status', status, body });
    expect(error).toMatchObject({ code, retryable: false, details: { status } });
    expect(error.message).toContain(`no ${status} for [redacted]`);
    expect([posts, taken]).toEqual([1, 0]);
  });

  it.each(['seconds', 'date', 'body', 'detail'] as const)(
    '14: waits as long as a 429 says, in %s',
    async (hint) => {
      const { clock, comfygen, fake, taken } = await open();
      fake.faults.add(routes.submit, { kind: 'rate-limited', hint, ms: 40_000 });
      const from = clock.now();
      await clock.run(comfygen.generate('a red fox', { seed: 7 }));
      expect(clock.now() - from).toBeGreaterThanOrEqual(40_000);
      expect(clock.now() - from).toBeLessThan(60_000);
      expect([fake.count(routes.submit), taken()]).toEqual([2, 1]);
    },
  );

  it('14: backs off where a 429 says nothing, and stops at its budget', async () => {
    const { clock, comfygen, fake, errorOf } = await open();
    fake.faults.add(routes.submit, { kind: 'rate-limited', hint: 'none', ms: 0 });
    await clock.run(comfygen.generate('a red fox', { seed: 7 }));
    expect(fake.count(routes.submit)).toBe(2);
    fake.faults.always(routes.submit, { kind: 'rate-limited', hint: 'seconds', ms: 600_000 });
    const error = await errorOf(comfygen.generate('a red fox', { seed: 7 }));
    expect(error.code).toBe('RATE_LIMITED');
    expect(fake.count(routes.submit)).toBe(3);
  });

  it('15: a connection that breaks after the job was taken never makes a second one', async () => {
    const { error, posts, taken } = await refused({ kind: 'reset-after' });
    expect(error).toMatchObject({ code: 'SUBMIT_UNKNOWN', retryable: false });
    expect(taken).toBe(1);
    // The second post of Comfy API has the same key: it can only be refused.
    expect(posts).toBe(name === 'comfy-api' ? 2 : 1);
  });

  it('15: nor does core try again or elsewhere', async () => {
    const { comfygen, fake, errorOf, taken } = await open();
    fake.faults.add(routes.submit, { kind: 'reset-after' });
    const error = await errorOf(comfygen.generate('a red fox', { seed: 7 }));
    expect(JSON.stringify(error)).toContain('SUBMIT_UNKNOWN');
    expect(taken()).toBe(1);
  });

  it.each([500, 502, 503, 504])('16: %i is not repeated', async (status) => {
    const { error, posts } = await refused({ kind: 'status', status });
    expect([error.code, posts]).toEqual(['SUBMIT_UNKNOWN', 1]);
  });

  it('17: bears error bodies that are empty or a web page', async () => {
    const empty = await refused({ kind: 'status', status: 403 });
    expect(empty.error).toMatchObject({ code: 'FORBIDDEN' });
    const body = '<html><body>Bad Gateway</body></html>';
    const page = await refused({ kind: 'status', status: 502, body });
    expect(page.error.message).toContain('Bad Gateway');
    const { executor, ctx, errorOf, fake, taken } = await open();
    fake.faults.always(routes.submit, { kind: 'html' });
    const submit = executor.submit(testPlan(), { ...ctx, onRef: async () => {} });
    expect((await errorOf(submit)).code).toBe('SUBMIT_UNKNOWN');
    expect(taken()).toBe(0);
  });

  it('18: waits for a slow accept', async () => {
    const { submit, end, fake } = await open();
    fake.faults.add(routes.submit, { kind: 'slow', ms: 45_000 });
    expect((await end(await submit())).state).toBe('succeeded');
    expect(fake.count(routes.submit)).toBe(1);
  });

  it('core repeats what surely was not taken', async () => {
    const { clock, comfygen, fake } = await open();
    await fake.stop();
    const run = comfygen.generate('a red fox', { seed: 7 });
    await clock.settle();
    await fake.start();
    expect((await clock.run(run)).images).toHaveLength(1);
    expect(fake.count(routes.submit)).toBe(1);
  });

  it('checks options before any request', async () => {
    const { executor, ctx, errorOf, fake } = await open();
    const plan = testPlan(testGraph(), { [name]: { nonsense: 1 } });
    const error = await errorOf(executor.submit(plan, { ...ctx, onRef: async () => {} }));
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(fake.requests).toEqual([]);
  });
});

describe('comfy-api: idempotency keys', () => {
  const keys = (requests: { headers: Record<string, string> }[]) =>
    requests.map(({ headers }) => headers['idempotency-key']);

  it.each<Fault>([{ kind: 'reset' }, { kind: 'silence' }])(
    '19: %o before the job was taken: the same key gets it taken, once',
    async (fault) => {
      const { submit, fake, taken } = await openComfyApi();
      fake.faults.add('POST /api/v2/jobs', fault);
      const plan = testPlan();
      await submit(plan);
      expect(keys(fake.requests)).toEqual([plan.id, plan.id]);
      expect(taken()).toBe(1);
    },
  );

  it.each<Fault>([{ kind: 'reset-after' }, { kind: 'truncated' }])(
    '19: %o after it was taken: probably submitted, and said so',
    async (fault) => {
      const { executor, ctx, errorOf, fake, taken } = await openComfyApi();
      fake.faults.add('POST /api/v2/jobs', fault);
      const plan = testPlan();
      const error = await errorOf(executor.submit(plan, { ...ctx, onRef: async () => {} }));
      expect(error).toMatchObject({
        code: 'SUBMIT_UNKNOWN',
        details: { probablySubmitted: true },
      });
      expect(keys(fake.requests)).toEqual([plan.id, plan.id]);
      expect(taken()).toBe(1);
    },
  );

  it('19: an outage after a lost answer stays unknown', async () => {
    const { executor, ctx, errorOf, fake } = await openComfyApi();
    const full = { kind: 'status', status: 429, body: { error: { code: 'queue_full' } } } as const;
    fake.faults.add('POST /api/v2/jobs', { kind: 'reset-after' }, full);
    const submit = executor.submit(testPlan(), { ...ctx, onRef: async () => {} });
    expect((await errorOf(submit)).code).toBe('SUBMIT_UNKNOWN');
    fake.faults.always('POST /api/v2/jobs', { kind: 'reset' });
    const again = executor.submit(testPlan(), { ...ctx, onRef: async () => {} });
    expect((await errorOf(again)).code).toBe('SUBMIT_UNKNOWN');
    expect(fake.count('POST /api/v2/jobs')).toBe(5);
  });

  it.each([
    ['queue_full', 429, 'QUEUE_FULL', true],
    ['deployment_not_ready', 429, 'UNAVAILABLE', true],
    ['deployment_stopped', 422, 'UNAVAILABLE', false],
    ['insufficient_credits', 402, 'PAYMENT', false],
    ['workflow_format_ui', 422, 'UNSUPPORTED_FORMAT', false],
    ['missing_asset', 422, 'MISSING_INPUT', false],
    ['rate_limited', 429, 'RATE_LIMITED', true],
    ['upstream_error', 500, 'SUBMIT_UNKNOWN', false],
  ])('reads %s', async (word, status, code, retryable) => {
    const { executor, ctx, errorOf, fake } = await openComfyApi();
    const headers: Record<string, string> = status === 429 ? { 'retry-after': '15' } : {};
    const body = { error: { code: word, message: 'No.', details: null } };
    fake.faults.add('POST /api/v2/jobs', { kind: 'status', status, body, headers });
    const error = await errorOf(executor.submit(testPlan(), { ...ctx, onRef: async () => {} }));
    expect(error).toMatchObject({ code, retryable });
    expect(error.retryAfterMs).toBe(status === 429 ? 15_000 : undefined);
  });

  it('says when the queue is full', async () => {
    const timeline = () => ({ holds: 'KSampler' });
    const { executor, submit, ctx, errorOf } = await openComfyApi({ maxQueue: 1, timeline });
    await submit();
    const error = await errorOf(executor.submit(testPlan(), { ...ctx, onRef: async () => {} }));
    expect(error).toMatchObject({ code: 'QUEUE_FULL', retryAfterMs: 15_000 });
  });
});

describe('runpod: what goes along with a job', () => {
  it('sends the policy, the webhook and the partners’ key', async () => {
    const webhookUrl = 'https://app.example/hooks/unguessable-token-42';
    const { submit, fake } = await openRunpod(
      {},
      { executionTimeoutMs: 60_000, ttlMs: 3_600_000, webhookUrl, comfyOrgApiKey: 'partner-1234' },
    );
    await submit(testPlan(testGraph(), { runpod: { lowPriority: true } }));
    expect(fake.requests[0]!.json()).toMatchObject({
      policy: { executionTimeout: 60_000, ttl: 3_600_000, lowPriority: true },
      webhook: webhookUrl,
      input: { comfy_org_api_key: 'partner-1234' },
    });
  });

  it('leaves out what is not set', async () => {
    const { submit, fake } = await openRunpod();
    await submit();
    expect(Object.keys(fake.requests[0]!.json() as object)).toEqual(['input']);
  });

  it('refuses more than 10 MB before any request', async () => {
    const { executor, ctx, errorOf, fake } = await openRunpod();
    const workflow = testGraph();
    workflow['2']!.inputs['text'] = 'x'.repeat(11 * 1024 * 1024);
    const submit = executor.submit(testPlan(workflow), { ...ctx, onRef: async () => {} });
    expect((await errorOf(submit)).code).toBe('PAYLOAD_TOO_LARGE');
    expect(fake.requests).toEqual([]);
  });
});
