import { getEventListeners } from 'node:events';
import type { ComfyuiOptions } from '@comfygen/executors/comfyui';
import { ComfygenError, type JobEvent, type JobRef } from 'comfygen/plugin';
import { createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import type { FakeComfyuiOptions } from '../../src/testing/index.ts';
import type { Bench } from './bench.ts';
import { setUp } from './set-up.ts';

const wasProgress = (event: JobEvent) => (event.type === 'progress' ? [event.progress] : []);

describe('traffic', () => {
  it('is one call a job, and its downloads', async () => {
    const { fake, clock, submit, end, executor, call } = await setUp();
    const ref = await submit();
    const { outputs } = await end(ref);
    await clock.run(executor.download(outputs[0]!, ref, call()));
    const calls = fake.requests.map(({ method, path }) => `${method} ${path}`);
    expect(calls).toEqual(['POST /api/prompt', 'GET /api/view']);
  });

  it('a job stays the same from 10 to 300 at once, and all end', {
    tags: ['campaign'],
  }, async () => {
    const perJob: { calls: number; received: number }[] = [];
    for (const count of [10, 300]) {
      let received = 0;
      const counted: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        received += Number(response.headers.get('content-length'));
        return response;
      };
      const bench = await setUp({ timeline: () => ({ nodeMs: 20 }) }, { fetch: counted });
      const { fake, clock, executor, call, end } = bench;
      const plans = Array.from({ length: count }, (_, seed) =>
        createTestPlan(createTestGraph({ sampler: { seed, steps: 2 } })),
      );
      const refs = await clock.run(Promise.all(plans.map((plan) => executor.submit(plan, call()))));
      const ends = await Promise.all([
        ...refs.map(async (ref) => {
          for await (const event of executor.watch!(ref, call()))
            if (event.type === 'state' && event.state === 'succeeded') return 'succeeded';
          return 'ended early';
        }),
        end(refs.at(-1)!),
      ]);
      expect(new Set(ends.slice(0, count))).toEqual(new Set(['succeeded']));
      expect(fake.connections).toBe(1);
      perJob.push({ calls: fake.requests.length / count, received: received / count });
    }
    const [few, many] = perJob;
    // Besides the one, a look now and then at how many jobs are ahead, for all of them at once.
    expect(few!.calls).toBeLessThanOrEqual(1.1);
    expect(many!.calls).toBeLessThanOrEqual(few!.calls);
    expect(many!.received / few!.received).toBeLessThan(1.05);
  });
});

describe('what a job tells', () => {
  it('its state, its progress by node and step, never falling, up to 1', async () => {
    const { submit, watch, end } = await setUp({ timeline: () => ({ stepMs: 100 }) });
    const ref = await submit();
    const { events, watching } = await watch(ref);
    await end(ref);
    await watching;
    const progress = events.flatMap(wasProgress);
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    const sampler = progress.filter(({ node, step }) => node === 'sampler' && step !== undefined);
    expect(sampler.map(({ step }) => step)).toContain(3);
    expect(sampler[0]).toMatchObject({ classType: 'KSampler', steps: 4 });
    expect(events.at(-1)).toEqual({ type: 'state', state: 'succeeded' });
  });

  it('the pictures of its samplers, with the node where the server tells', async () => {
    const bench = await setUp({ timeline: () => ({ stepMs: 100, previews: true }) });
    const ref = await bench.submit();
    const { events, watching } = await bench.watch(ref);
    await bench.end(ref);
    await watching;
    const previews = events.filter(({ type }) => type === 'preview');
    expect(previews).toHaveLength(4);
    expect(previews[0]).toMatchObject({ mediaType: 'image/png', nodeId: 'sampler' });
  });

  it('what came from the cache', async () => {
    const { submit, end } = await setUp();
    await end(await submit());
    const { cachedNodes, outputs, state } = await end(await submit());
    expect(state).toBe('succeeded');
    expect(cachedNodes).toHaveLength(7);
    expect(outputs[0]?.fileName).toBe('test_00001_.png');
  });

  it('all its files, the plan’s output nodes in their order; previews only where nothing was saved', async () => {
    const { submit, end } = await setUp();
    const graph = createTestGraph();
    graph['look'] = { class_type: 'PreviewImage', inputs: { images: ['decode', 0] } };
    graph['again'] = {
      class_type: 'SaveImage',
      inputs: { images: ['decode', 0], filename_prefix: 'sub/b' },
    };
    const both = await end(
      await submit(createTestPlan(graph, { outputNodes: ['again', 'save', 'look'] })),
    );
    expect(both.outputs.map(({ nodeId, fileName }) => [nodeId, fileName])).toEqual([
      ['again', 'b_00001_.png'],
      ['save', 'test_00001_.png'],
    ]);
    expect(both.outputs[0]?.ref).toEqual({
      filename: 'b_00001_.png',
      subfolder: 'sub',
      type: 'output',
    });
    expect(both.warnings.map(({ code }) => code)).toEqual(['previews-left-out']);
    delete graph['save'];
    delete graph['again'];
    const shown = await end(await submit(createTestPlan(graph, { outputNodes: ['look'] })));
    expect(shown.outputs.map(({ ref }) => ref['type'])).toEqual(['temp']);
  });

  it('three outputs of which one is there at once', async () => {
    const { submit, end } = await setUp({ timeline: () => ({ stepMs: 1_000 }) });
    const graph = createTestGraph();
    for (const id of ['fast', 'other'])
      graph[id] = {
        class_type: 'SaveImage',
        inputs: { images: ['blank', 0], filename_prefix: id },
      };
    graph['blank'] = {
      class_type: 'EmptyImage',
      inputs: { width: 8, height: 8, batch_size: 1, color: 0 },
    };
    const { state, outputs } = await end(
      await submit(createTestPlan(graph, { outputNodes: ['fast', 'other', 'save'] })),
    );
    expect([state, outputs.length]).toEqual(['succeeded', 3]);
  });
});

describe('what is sent', () => {
  it('the graph with a title on every node, the seed exact, our id, a client id', async () => {
    const { fake, submit } = await setUp();
    const plan = createTestPlan(createTestGraph({ sampler: { seed: 2n ** 64n - 1n } }));
    const before = structuredClone(plan);
    const ref = await submit(plan);
    expect(plan).toEqual(before);
    const text = fake.requests[0]!.body.toString('utf8');
    expect(text).toContain('"seed":18446744073709551615');
    const body = JSON.parse(text);
    expect(body.prompt_id).toBe(ref.id);
    expect(body.client_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.prompt.loader._meta).toEqual({ title: 'CheckpointLoaderSimple' });
    expect(Object.keys(body).sort()).toEqual(['client_id', 'prompt', 'prompt_id']);
  });

  it('what the run asks for', async () => {
    const { fake, submit } = await setUp({}, { previews: 'latent2rgb' });
    const plan = createTestPlan();
    plan.brief.options['comfyui'] = { front: true, previews: 'none' };
    await submit(plan);
    const body = JSON.parse(fake.requests[0]!.body.toString('utf8'));
    expect(body).toMatchObject({ front: true, extra_data: { preview_method: 'none' } });
  });

  it('its own options and references, where it has a name of its own', async () => {
    const { fake, submit } = await setUp({}, { name: 'gpu-2' });
    const plan = createTestPlan();
    plan.brief.options['gpu-2'] = { front: true };
    expect((await submit(plan)).executor).toBe('gpu-2');
    expect(JSON.parse(fake.requests[0]!.body.toString('utf8')).front).toBe(true);
  });

  it('everything below the path of the address, with the headers, the socket too', async () => {
    const { fake, submit, end } = await setUp(
      {
        basePath: '/behind/proxy',
        guard: ({ headers }) => (headers['x-api-key'] === 'key-12345' ? {} : { status: 401 }),
      },
      { headers: () => ({ 'x-api-key': 'key-12345' }) },
    );
    expect((await end(await submit())).state).toBe('succeeded');
    expect(fake.connections).toBe(1);
    expect(fake.count('GET /api/jobs/:id')).toBe(0);
  });
});

describe('cancel', () => {
  it.each(['0.33.0', '0.3.64'])('stops one job of two on %s, that one only', async (version) => {
    const bench = await setUp({ version, timeline: () => ({ stepMs: 10_000 }) });
    const { clock, submit, end, executor, call, fake } = bench;
    const running = await submit();
    const waiting = await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } })));
    await clock.advance(1_000);
    expect((await clock.run(executor.cancel!(waiting, call()))).state).toBe('canceled');
    expect((await clock.run(executor.inspect(running, call()))).state).toBe('running');
    const answer = await clock.run(executor.cancel!(running, call()));
    expect(['canceling', 'canceled']).toContain(answer.state);
    expect((await end(running)).state).toBe('canceled');
    expect(fake.state.history.size).toBe(1);
  });

  it('during the submit stops the job once the server has it', async () => {
    const { clock, executor, call, end, fake } = await setUp({
      timeline: () => ({ stepMs: 10_000 }),
    });
    fake.faults.add('POST /api/prompt', { kind: 'slow', ms: 3_000 });
    const plan = createTestPlan();
    const submitting = executor.submit(plan, call());
    await clock.settle();
    const ref = { executor: 'comfyui', id: plan.id, submittedAt: 0 };
    expect((await executor.cancel!(ref, call())).state).toBe('canceling');
    expect((await end(await clock.run(submitting))).state).toBe('canceled');
  });

  it('of a job that a dead worker holds shows that it goes on', async () => {
    const { fake, clock, submit, executor, call } = await setUp();
    fake.wedge();
    const ref = await submit();
    await clock.settle();
    expect((await clock.run(executor.cancel!(ref, call()))).state).toBe('canceling');
  });
});

describe('another process', () => {
  it('goes on with a job from its reference, and fetches the pictures', async () => {
    const { submit, another, end, clock, call, executor } = await setUp({
      timeline: () => ({ stepMs: 1_000 }),
    });
    const ref = JSON.parse(JSON.stringify(await submit()));
    await clock.advance(1_500);
    await executor.dispose!();
    const later = another();
    const { state, outputs } = await end(ref, later);
    expect([state, outputs[0]?.nodeId]).toEqual(['succeeded', 'save']);
    const { bytes } = await clock.run(later.download(outputs[0]!, ref, call()));
    expect(bytes.length).toBeGreaterThan(50);
  });

  it('can cancel it', async () => {
    const { submit, another, clock, call } = await setUp({ timeline: () => ({ stepMs: 1_000 }) });
    const ref = await submit();
    const later = another();
    const { state } = await clock.run(later.cancel!(ref, call()));
    expect(['canceling', 'canceled']).toContain(state);
  });
});

describe('disposal', () => {
  it('leaves no socket, timer or listener, and settles what was asked', async () => {
    const { fake, clock, submit, watch, executor, call } = await setUp({
      timeline: () => ({ holds: 'KSampler' }),
    });
    const { signal } = new AbortController();
    const ref = await submit();
    const { watching } = await watch(ref);
    fake.drop();
    await clock.settle();
    fake.faults.always('GET /api/jobs/:id', { kind: 'silence' });
    const asked = executor.inspect(ref, call(signal)).catch((error: unknown) => error);
    await clock.settle();
    await executor.dispose!();
    expect(ComfygenError.is(await asked, 'DISPOSED')).toBe(true);
    await watching;
    await clock.settle();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect([clock.sleeping, fake.sockets]).toEqual([0, 0]);
  });

  it('is not needed: the socket closes by itself when there is nothing to follow', async () => {
    const { fake, clock, submit, end } = await setUp();
    await end(await submit());
    await clock.advance(1_500);
    await clock.settle();
    expect([clock.sleeping, fake.sockets]).toEqual([0, 0]);
    expect(
      (await end(await submit(createTestPlan(createTestGraph({ sampler: { seed: 9 } }))))).state,
    ).toBe('succeeded');
  });
});

describe('a job that waits', () => {
  const slow = { timeline: () => ({ stepMs: 2_000 }) };
  const places = async (bench: Bench, ref: JobRef, looks: number) => {
    const seen: (number | undefined)[] = [];
    for (let look = 0; look < looks; look += 1) {
      seen.push((await bench.clock.run(bench.executor.inspect(ref, bench.call()))).queuePosition);
      await bench.clock.advance(5_000);
    }
    return seen;
  };

  it.each<[version: string, options: ComfyuiOptions]>([
    ['0.33.0', {}],
    ['0.3.64', {}],
    ['0.33.0', { webSocket: false }],
  ])('on ComfyUI %s %o knows how many are before it, ever fewer', async (version, options) => {
    const bench = await setUp({ ...slow, version }, options);
    const plans = [1, 2, 3].map((seed) => createTestPlan(createTestGraph({ sampler: { seed } })));
    const refs: JobRef[] = [];
    for (const plan of plans) refs.push(await bench.submit(plan));
    await bench.clock.settle();
    const seen = await places(bench, refs[2]!, 6);
    expect(seen.slice(0, 4)).toEqual([2, 2, 1, 1]);
    expect(seen.at(-1)).toBeUndefined();
    for (const ref of refs) await bench.end(ref);
  });

  it('asks for no queue that holds nothing but it', async () => {
    const bench = await setUp(slow);
    const ref = await bench.submit();
    await places(bench, ref, 2);
    expect(bench.fake.count('GET /api/queue')).toBe(0);
    await bench.end(ref);
  });
});

describe('previews that were asked for', () => {
  const run: FakeComfyuiOptions['run'] = async (made) => {
    made.start('sampler');
    for (const step of [1, 2, 3, 4]) made.step('sampler', step, 4);
    made.finish('sampler');
    made.finish('save', { images: [made.save(new Uint8Array([1]), 'x', 'output')] });
  };
  const codes = async (options: FakeComfyuiOptions, previews: ComfyuiOptions['previews']) => {
    const { submit, end } = await setUp(options, { previews });
    return (await end(await submit())).warnings.map(({ code }) => code);
  };

  it('and did not come are said', async () => {
    expect(await codes({ run }, 'latent2rgb')).toEqual(['no-previews']);
  });

  it('and came, or were not wanted, need no word', async () => {
    expect(await codes({ timeline: () => ({ previews: true }) }, 'auto')).toEqual([]);
    expect(await codes({ run }, 'none')).toEqual([]);
  });
});
