import { comfyicu } from '@comfygen/executors/comfyicu';
import { createScenarioGraph, createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../job-bench.ts';
import { openComfyicu } from './bench.ts';

const INSPECT = 'GET /api/v1/workflows/:workflow/runs/:run';

describe('what a run is given', () => {
  it('workflow, accelerator, files and webhook, the run’s own first', async () => {
    const files = { '/input/fox.png': 'https://files.test/fox.png' };
    const { executor, call, clock, fake } = await openComfyicu(
      {},
      { accelerator: 'L4', files, webhook: 'https://app.test/hook?t=1' },
    );
    const plan = createTestPlan();
    const own = { '/models/loras/a.safetensors': 'https://files.test/a' };
    plan.brief = { ...plan.brief, options: { comfyicu: { accelerator: 'H100', files: own } } };
    await clock.run(executor.submit(plan, call()));
    expect(fake.requests[0]!.json()).toMatchObject({
      workflow_id: fake.workflowId,
      accelerator: 'H100',
      files: { ...files, ...own },
      webhook: 'https://app.test/hook?t=1',
    });
  });

  it('a missing weight is MISSING_MODEL, and a file that brings it helps', async () => {
    const graph = createTestGraph();
    graph['loader']!.inputs['ckpt_name'] = 'own.safetensors';
    const { play, executor, call, clock, end } = await openComfyicu();
    expect((await play(createTestPlan(graph))).snapshot.failure).toMatchObject({
      ...{ code: 'MISSING_MODEL', nodeId: 'loader', classType: 'CheckpointLoaderSimple' },
    });
    const plan = createTestPlan(graph);
    const files = { '/models/checkpoints/own.safetensors': 'https://files.test/own' };
    plan.brief = { ...plan.brief, options: { comfyicu: { files } } };
    const ref = await clock.run(executor.submit(plan, call()));
    expect((await end(ref)).state).toBe('succeeded');
  });

  it('wrong options are named before any request', async () => {
    expect(() => comfyicu({ files: { 'fox.png': 'https://x.test/' } })).toThrow(/files/);
    expect(() => comfyicu({ files: { '/input/fox.png': 'fox.png' } })).toThrow(/files/);
    expect(() => comfyicu({ token: 'x' } as object)).toThrow(/token/);
    const { another, call, fake } = await openComfyicu();
    const settings = [{ apiKey: '' }, { workflowId: '' }];
    for (const options of settings)
      expect((await errorOf(another(options).submit(createTestPlan(), call()))).code).toBe(
        'MISSING_SETTING',
      );
    expect(fake.requests).toHaveLength(0);
  });

  it('a refusal that comes with 200 is one', async () => {
    const { executor, call, clock, fake } = await openComfyicu();
    const body = { status: 'error', message: 'Workflow not found' };
    fake.faults.add('POST /api/v1/workflows/:workflow/runs', { kind: 'status', status: 200, body });
    const error = await errorOf(clock.run(executor.submit(createTestPlan(), call())));
    expect(error.code).toBe('INVALID_WORKFLOW');
    expect(error.message).toContain('Workflow not found');
  });
});

describe('what a run says', () => {
  it('4: the words of 2024 and 2026 alike', async () => {
    for (const words of [
      ['QUEUED', 'STARTED', 'STARTED'],
      ['INIT', 'STARTED', 'RUNNING'],
    ] as const) {
      const timeline = () => ({ queueMs: 1_000, startMs: 1_000, stepMs: 1_000, words });
      const { submit, inspect, clock, end } = await openComfyicu({ timeline });
      const ref = await submit();
      const states = [(await inspect(ref)).state];
      for (const _ of [1, 2]) {
        await clock.advance(1_200);
        states.push((await inspect(ref)).state);
      }
      expect(states).toEqual(['queued', 'running', 'running']);
      expect((await end(ref)).rawState).toBe('COMPLETED');
    }
  });

  const ends: [string, string, string | undefined][] = [
    ['INSUFFICIENT_CREDIT', 'failed', 'PAYMENT'],
    ['insufficient_credit', 'failed', 'PAYMENT'],
    ['TIMEOUT', 'failed', 'SERVER_DEADLINE'],
    ['FAILED', 'failed', 'EXECUTION_FAILED'],
    ['CANCELLED', 'canceled', undefined],
    ['canceled', 'canceled', undefined],
  ];
  it.each(ends)('%s ends it as %s, %s', async (end, state, code) => {
    const { play } = await openComfyicu({ timeline: () => ({ end, output: null }) });
    const { snapshot } = await play();
    expect([snapshot.state, snapshot.failure?.code]).toEqual([state, code]);
  });

  it('33: an error in place of the files, whatever the word', async () => {
    const { play, inspect, fake } = await openComfyicu({
      timeline: () => ({ fails: { node: 'KSampler' } }),
    });
    const { ref, snapshot } = await play();
    expect(snapshot.failure).toMatchObject({ code: 'EXECUTION_FAILED', nodeId: 'sampler' });
    const body = { ...fake.run(ref.id), status: 'COMPLETED' };
    fake.faults.add(INSPECT, { kind: 'status', status: 200, body });
    expect(await inspect(ref)).toMatchObject({ state: 'failed', failure: snapshot.failure });
  });

  it('an error that is a text, or nothing at all', async () => {
    const { play, inspect, fake } = await openComfyicu();
    const { ref } = await play();
    for (const [error, told] of [
      ['worker crashed', 'worker crashed'],
      [null, 'does not say why'],
    ]) {
      const body = { ...fake.run(ref.id), status: 'ERROR', output: null, error };
      fake.faults.add(INSPECT, { kind: 'status', status: 200, body });
      const { failure } = await inspect(ref);
      expect(failure!.message).toContain(told);
    }
  });

  it('time is measured by its times, and public runs are said', async () => {
    const timeline = () => ({ queueMs: 2_000, stepMs: 1_000 });
    const { play, fake } = await openComfyicu({ timeline });
    const { ref, snapshot } = await play();
    expect(snapshot.timings).toEqual({ queuedMs: 2_000, runMs: 4_000 });
    expect(snapshot.warnings.map(({ code }) => code)).toEqual(['public-run']);
    Object.assign(fake.run(ref.id)!, { visibility: 'PRIVATE' });
    const quiet = await openComfyicu({ timeline: () => ({ visibility: 'PRIVATE' }) });
    expect((await quiet.play()).snapshot.warnings).toEqual([]);
  });

  it('30: a file that appears a little later is waited for, not for ever', async () => {
    const late = await openComfyicu({ timeline: () => ({ filesMs: 2_500 }) });
    const { ref, snapshot } = await late.play();
    expect((await late.download(snapshot, ref)).mediaType).toBe('image/png');
    expect(late.fake.storage.requests).toHaveLength(3);
    const never = await openComfyicu({ timeline: () => ({ filesMs: 3_600_000 }) });
    const played = await never.play();
    const download = never.download(played.snapshot, played.ref);
    expect((await errorOf(download)).code).toBe('OUTPUT_EXPIRED');
    expect(never.fake.storage.requests).toHaveLength(3);
  });
});

describe('43: webhooks', () => {
  it('name a run to look at, and are believed nothing else', async () => {
    const { play, executor, call, clock, inspect, fake } = await openComfyicu();
    const graph = createTestPlan(createScenarioGraph('many-outputs').workflow);
    const { ref, snapshot } = await play(graph);
    const forged = { ...fake.run(ref.id), status: 'ERROR', workflow_id: '../../x', output: [] };
    for (const body of [
      forged,
      { run_id: ref.id },
      { run: { id: ref.id } },
      { data: { id: ref.id } },
    ]) {
      const told = await executor.parseWebhook!(
        { headers: {}, body: JSON.stringify(body) },
        call(),
      );
      expect(told.snapshot).toBeNull();
      expect(told.ref).toMatchObject({ id: ref.id, data: { workflowId: fake.workflowId } });
      expect(await inspect(told.ref)).toEqual(snapshot);
    }
    expect(clock.sleeping).toBe(0);
  });
});
