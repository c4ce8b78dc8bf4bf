import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { ExecutorV1, JobEntry, JobSnapshot } from '../spec/index.ts';
import { memoryJobStore } from '../stores/memory-stores.ts';
import { createTestClock } from '../testing/clock/test-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';

/** A service that signs its calls with one word, and tells of a job only when it is asked. */
function service() {
  const backend = scriptedBackend(['hang'], 'service');
  const over = new Set<string>();
  let looks = 0;
  const create = (): ExecutorV1 =>
    wrapExecutor(backend.create(), (part) => ({
      async *watch() {},
      async inspect(ref, ctx) {
        looks += 1;
        const snapshot = await part.inspect(ref, ctx);
        if (!over.has(ref.id)) return { ...snapshot, state: 'running', outputs: [] };
        const output = { nodeId: 'save', index: 0, kind: 'image', fileName: 'a.png' } as const;
        return {
          ...snapshot,
          state: 'succeeded',
          outputs: [{ ...output, mediaType: 'image/png', ref: {} }],
        };
      },
      async parseWebhook({ headers, body }, ctx) {
        if (headers['x-signature'] !== 'right') throw new ComfygenError('FORBIDDEN', 'not signed');
        const { id, signed } = JSON.parse(body) as { id: string; signed?: true };
        const ref = { executor: 'service', id, submittedAt: 0 };
        const snapshot: JobSnapshot = await part.inspect(ref, ctx).catch(() => null as never);
        return { ref, snapshot: signed ? { ...snapshot, state: 'failed' } : null };
      },
    }));
  return { ...backend, create, finish: (id: string) => over.add(id), looks: () => looks };
}

function setUp() {
  const { create, finish, submitted, looks } = service();
  const jobs = memoryJobStore();
  const clock = createTestClock();
  const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
  /** One process, or another on the same store. */
  const host = () => createComfyGen({ flows, executor: create(), jobs, clock, maxRetries: 0 });
  /** A job that its process left behind. */
  async function leaveJob(): Promise<JobEntry> {
    const gone = host();
    const stop = new AbortController();
    const onEvent = ({ type }: { type: string }) =>
      type === 'execute-running' && stop.abort(new Error('crash'));
    const run = gone.generate('a fox', { runId: 'left', signal: stop.signal, onEvent });
    await clock.run(run.catch(() => {}));
    const entry = { ...(await jobs.get(submitted.at(-1)!.id))!, state: 'running' } as const;
    await jobs.put(entry);
    return entry;
  }
  return { host, jobs, clock, finish, submitted, looks, leaveJob };
}

const call = (id: string, more: object = {}) => ({
  headers: { 'X-Signature': 'right' },
  body: JSON.stringify({ id, ...more }),
});

describe('webhook', () => {
  it('has the run that waits for the job look at once', async () => {
    const { host, clock, finish, submitted } = setUp();
    const comfygen = host();
    const running = Promise.withResolvers<void>();
    const onEvent = ({ type }: { type: string }) => type === 'execute-running' && running.resolve();
    const run = comfygen.generate('a fox', { runId: 'mine', onEvent });
    await running.promise;
    // Nobody moves the clock: without the call the next look would never come.
    const { id } = submitted[0]!;
    finish(id);
    const told = { known: true, runId: 'mine', planId: id, state: 'succeeded' };
    expect(await comfygen.webhook('service', call(id))).toEqual(told);
    expect((await clock.run(run)).best.mediaType).toBe('image/png');
    expect(await comfygen.webhook('service', call(id))).toEqual(told);
    expect(submitted).toHaveLength(1);
  });

  it('keeps the end of a job that nobody waits for, whose images are fetched later', async () => {
    const { host, jobs, clock, finish, leaveJob, looks } = setUp();
    const { planId } = await leaveJob();
    const comfygen = host();
    const early = await comfygen.webhook('service', call(planId));
    expect(early).toEqual({ known: true, runId: 'left', planId, state: 'running' });
    finish(planId);
    const told = { known: true, runId: 'left', planId, state: 'succeeded' };
    expect(await comfygen.webhook('service', call(planId))).toEqual(told);
    expect((await jobs.get(planId))?.state).toBe('succeeded');
    const before = looks();
    expect(await comfygen.webhook('service', call(planId, { signed: true }))).toEqual(told);
    expect([looks(), (await jobs.get(planId))?.state]).toEqual([before, 'succeeded']);
    const { images, runId } = await clock.run(host().resume(planId));
    expect([images.length, runId]).toEqual([1, 'left']);
  });

  it('takes the word of a call that is signed', async () => {
    const { host, jobs, leaveJob } = setUp();
    const { planId } = await leaveJob();
    const { state } = await host().webhook('service', call(planId, { signed: true }));
    expect([state, (await jobs.get(planId))?.state]).toEqual(['failed', 'failed']);
  });

  it('changes nothing for a bad signature', async () => {
    const { host, jobs, finish, leaveJob, looks } = setUp();
    const { planId } = await leaveJob();
    finish(planId);
    const before = looks();
    const forged = { ...call(planId), headers: { 'x-signature': 'wrong' } };
    const given = host().webhook('service', forged);
    await expect(given).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([looks(), (await jobs.get(planId))?.state]).toEqual([before, 'running']);
  });

  it('says that it knows no such job', async () => {
    const { host, jobs, leaveJob } = setUp();
    const entry = await leaveJob();
    await jobs.put({ ...entry, planId: 'other', ref: { ...entry.ref, executor: 'elsewhere' } });
    await jobs.delete(entry.planId);
    expect(await host().webhook('service', call(entry.ref.id))).toEqual({ known: false });
  });

  it.each([
    [
      'a Request',
      (one: ReturnType<typeof call>) => new Request('http://a/', { ...one, method: 'POST' }),
    ],
    ['Headers', (one: ReturnType<typeof call>) => ({ ...one, headers: new Headers(one.headers) })],
    [
      'bytes',
      ({ headers, body }: ReturnType<typeof call>) => ({ headers, body: Buffer.from(body) }),
    ],
    [
      'headers of Node',
      ({ body }: ReturnType<typeof call>) => ({
        headers: { 'x-signature': ['right'], 'set-cookie': ['a', 'b'], none: undefined },
        body,
      }),
    ],
  ])('reads %s', async (_, form) => {
    const { host, leaveJob } = setUp();
    const { planId } = await leaveJob();
    expect(await host().webhook('service', form(call(planId)))).toMatchObject({ planId });
  });

  it.each([
    ['nothing', undefined],
    ['no body', { headers: {} }],
    ['a parsed body', { headers: {}, body: { id: 'a' } }],
    ['headers that are none', { headers: 'x', body: '' }],
  ])('refuses %s', async (_, request) => {
    const given = setUp()
      .host()
      .webhook('service', request as never);
    await expect(given).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('refuses a request that was read before', async () => {
    const request = new Request('http://a/', { ...call('a'), method: 'POST' });
    await request.text();
    const given = setUp().host().webhook('service', request);
    await expect(given).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('refuses an executor that is not there or reads none, and names those that do', async () => {
    const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
    const executor = [service().create(), scriptedBackend(['hang'], 'deaf').create()];
    const comfygen = createComfyGen({ flows, executor });
    for (const name of ['deaf', 'gone', undefined]) {
      const error = await comfygen.webhook(name as string, call('a')).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'INVALID_OPTIONS', details: { executors: ['service'] } });
    }
  });
});
