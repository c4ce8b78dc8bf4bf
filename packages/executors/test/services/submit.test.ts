import type { HttpFault } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { openComfyApi, openRunpod, SERVICES } from './bench.ts';
import { testGraph, testPlan } from './test-plan.ts';

describe.each(SERVICES)('$name: submitting', ({ name, open, routes }) => {
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

  it.each<HttpFault>([{ kind: 'reset' }, { kind: 'silence' }])(
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

  it.each<HttpFault>([{ kind: 'reset-after' }, { kind: 'truncated' }])(
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
    workflow['positive']!.inputs['text'] = 'x'.repeat(11 * 1024 * 1024);
    const submit = executor.submit(testPlan(workflow), { ...ctx, onRef: async () => {} });
    expect((await errorOf(submit)).code).toBe('PAYLOAD_TOO_LARGE');
    expect(fake.requests).toEqual([]);
  });
});
