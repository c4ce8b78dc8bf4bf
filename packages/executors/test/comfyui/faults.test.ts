import { createComfyGen } from 'comfygen';
import { ComfygenError } from 'comfygen/plugin';
import { createTestFlow, createTestGraph, createTestPlan } from 'comfygen/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { FakeComfyuiOptions } from '../../src/testing/index.ts';
import { type Bench, openBench } from './bench.ts';

const open: Bench[] = [];
const setUp = async (given: FakeComfyuiOptions = {}, options = {}) => {
  const bench = await openBench(given, options);
  open.push(bench);
  return bench;
};
afterEach(async () => {
  for (const bench of open.splice(0)) {
    await bench.close();
    expect(bench.clock.sleeping, 'a timer was left').toBe(0);
  }
});

/** Steps that take a while of the test's clock. */
const slow = (stepMs = 5_000) => ({ timeline: () => ({ stepMs }) });

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return ComfygenError.is(error) ? error.code : String(error);
}

describe('a socket that breaks', () => {
  it.each([1, 2, 3])('%i times: the job is followed to its end', async (times) => {
    const { fake, clock, submit, end, watch } = await setUp(slow());
    const ref = await submit();
    const { events, watching } = await watch(ref);
    for (let drop = 0; drop < times; drop += 1) {
      await clock.advance(1_000);
      fake.drop();
      await clock.advance(2_000);
    }
    expect((await end(ref)).state).toBe('succeeded');
    await watching;
    expect(events.at(-1)).toEqual({ type: 'state', state: 'succeeded' });
    expect(fake.connections).toBe(times + 1);
    expect(fake.count('POST /api/prompt')).toBe(1);
  });

  it('while the job ends: found out by one look', async () => {
    const { fake, clock, submit, end } = await setUp(slow(1_000));
    const ref = await submit();
    await clock.settle();
    fake.refuseSockets(true);
    fake.drop();
    await clock.advance(10_000);
    fake.refuseSockets(false);
    expect((await end(ref)).state).toBe('succeeded');
  });

  it('with many jobs open: one look at the queue serves all', async () => {
    const { fake, clock, submit, end } = await setUp(slow());
    const refs = [];
    for (let seed = 0; seed < 20; seed += 1)
      refs.push(await submit(createTestPlan(createTestGraph({ sampler: { seed, steps: 1 } }))));
    fake.drop();
    await clock.advance(2_000);
    expect(fake.count('GET /api/queue')).toBe(1);
    expect(fake.count('GET /api/history/:id') + fake.count('GET /api/jobs/:id')).toBe(0);
    for (const ref of refs) expect((await end(ref)).state).toBe('succeeded');
    expect(fake.count('GET /api/queue')).toBe(1);
    // The one that ran meanwhile; of the others the new socket tells all.
    expect(fake.count('GET /api/history/:id')).toBe(1);
  });

  it('and goes deaf on its way back: noticed by its silence', async () => {
    const { fake, clock, submit, end } = await setUp(slow(4_000));
    const ref = await submit();
    await clock.settle();
    fake.deafen();
    expect((await end(ref)).state).toBe('succeeded');
    await clock.advance(500);
    expect(fake.connections).toBe(2);
    const next = await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } })));
    expect((await end(next)).state).toBe('succeeded');
  });
});

describe('no socket at all', () => {
  it('polls', async () => {
    const { fake, submit, end } = await setUp(slow());
    fake.refuseSockets(true);
    expect((await end(await submit())).state).toBe('succeeded');
  });

  it('says so, once a job is over', async () => {
    const { fake, submit, end } = await setUp();
    fake.refuseSockets(true);
    const { warnings } = await end(await submit());
    expect(warnings.map(({ code }) => code)).toEqual(['no-socket']);
  });

  it('has no events to wait for, so that a short job is not looked at late', async () => {
    const { fake, clock, submit, watch } = await setUp(slow());
    fake.refuseSockets(true);
    const { events, watching } = await watch(await submit());
    await clock.run(watching, 0);
    expect(events.map(({ type }) => type)).toEqual(['state']);
  });

  it('polls where it is told to', async () => {
    const { fake, submit, end } = await setUp(slow(), { webSocket: false });
    expect((await end(await submit())).state).toBe('succeeded');
    expect(fake.connections).toBe(0);
  });

  it('polls an old server by its history and queue', async () => {
    const { fake, submit, end } = await setUp(
      { ...slow(), version: '0.3.64' },
      { webSocket: false },
    );
    expect((await end(await submit())).state).toBe('succeeded');
    expect(fake.count('GET /api/jobs/:id')).toBe(1);
  });
});

describe('a server that says too much', () => {
  it('over its socket: that is closed and said, and the job is polled', async () => {
    const { fake, submit, end } = await setUp(slow(), { maxFrameBytes: 40 });
    const { state, warnings } = await end(await submit());
    expect(state).toBe('succeeded');
    expect(warnings).toContainEqual({
      code: 'socket-flooded',
      message: expect.stringContaining('maxFrameBytes, 40'),
    });
    expect(fake.connections).toBe(1);
  });

  it('in an answer: refused by its size', async () => {
    const { fake, clock, submit, executor, call } = await setUp(slow(), {
      maxAnswerBytes: 100_000,
      webSocket: false,
    });
    const ref = await submit();
    fake.faults.always('GET /api/jobs/:id', {
      kind: 'status',
      status: 200,
      body: { status: 'completed', more: 'x'.repeat(100_000) },
    });
    expect(await codeOf(clock.run(executor.inspect(ref, call())))).toBe('PAYLOAD_TOO_LARGE');
  });

  it('in its queue, while its socket is deaf: the end is found all the same', async () => {
    const { fake, clock, submit, end } = await setUp(slow(4_000), { maxAnswerBytes: 100_000 });
    const ref = await submit();
    await clock.settle();
    fake.faults.always('GET /api/queue', {
      kind: 'status',
      status: 200,
      body: { queue_running: [], queue_pending: [], more: 'x'.repeat(100_000) },
    });
    fake.deafen();
    expect((await end(ref)).state).toBe('succeeded');
  });

  it('as files of one job: the first thousand are told', async () => {
    const images = Array.from({ length: 1_500 }, (_, at) => ({ filename: `${at}.png` }));
    const { fake, clock, submit, executor, call } = await setUp(slow(), { webSocket: false });
    const ref = await submit();
    fake.faults.always('GET /api/jobs/:id', {
      kind: 'status',
      status: 200,
      body: { status: 'completed', outputs: { 9: { images } } },
    });
    const snapshot = await clock.run(executor.inspect(ref, call()));
    expect(snapshot.outputs).toHaveLength(1_000);
    expect(snapshot.warnings).toMatchObject([{ code: 'files-left-out', details: { left: 500 } }]);
  });
});

describe('a server that dies', () => {
  it('and comes back without its jobs: each is lost, none a success', async () => {
    const { fake, clock, submit, end } = await setUp(slow());
    const refs = [
      await submit(),
      await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } }))),
    ];
    await clock.advance(1_000);
    await fake.restart();
    for (const ref of refs) {
      const { state, failure } = await end(ref);
      expect([state, failure?.code, failure?.retryable]).toEqual(['failed', 'JOB_LOST', true]);
    }
    expect(
      (await end(await submit(createTestPlan(createTestGraph({ sampler: { seed: 9 } }))))).state,
    ).toBe('succeeded');
  });

  it('and stays dead: says so, each time', async () => {
    const { fake, clock, submit, executor, call } = await setUp(slow());
    const ref = await submit();
    await clock.advance(1_000);
    await fake.kill();
    await clock.settle();
    expect(await codeOf(clock.run(executor.inspect(ref, call())))).toBe('UNAVAILABLE');
    expect(await codeOf(clock.run(executor.inspect(ref, call())))).toBe('UNAVAILABLE');
  });

  it('and was dead at the start: nothing was accepted', async () => {
    const { fake, submit, clock } = await setUp();
    await fake.kill();
    expect(await codeOf(submit())).toBe('UNAVAILABLE');
    await fake.start();
    await clock.settle();
    await submit();
  });
});

describe('a submit that goes wrong', () => {
  it.each([
    ['reset-after', { kind: 'reset-after' }],
    ['truncated', { kind: 'truncated' }],
    ['slow', { kind: 'slow', ms: 45_000 }],
  ] as const)('%s: accepted, and sent once', async (_, fault) => {
    const { fake, submit, end } = await setUp();
    fake.faults.add('POST /api/prompt', fault);
    const ref = await submit();
    expect((await end(ref)).state).toBe('succeeded');
    expect(fake.count('POST /api/prompt')).toBe(1);
    expect(fake.state.history.size).toBe(1);
  });

  it('500: surely not accepted, may be sent again', async () => {
    const { fake, submit } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'status', status: 500, body: 'oops' });
    expect(await codeOf(submit())).toBe('UNAVAILABLE');
    expect(fake.count('POST /api/prompt')).toBe(1);
    await submit();
  });

  /** What a proxy that let go of the client may still do. */
  const deliver = (fake: Bench['fake']) => {
    const { body } = fake.requests.findLast(({ method }) => method === 'POST')!;
    return fetch(`${fake.url}/api/prompt`, { method: 'POST', body: new Uint8Array(body) });
  };

  it.each([
    ['reset', { kind: 'reset' }, 8_000, {}],
    ['502', { kind: 'status', status: 502, body: 'Bad Gateway' }, 8_000, {}],
    ['503', { kind: 'status', status: 503 }, 8_000, {}],
    ['reset', { kind: 'reset' }, 40_000, { lostAfterMs: 60_000 }],
  ] as const)('%s, and taken a while later: one job', async (_, fault, lateMs, options) => {
    const { fake, clock, submit, end, call, executor } = await setUp({}, options);
    fake.faults.add('POST /api/prompt', fault);
    const submitting = executor.submit(createTestPlan(), call());
    await clock.advance(lateMs);
    await deliver(fake);
    expect((await end(await clock.run(submitting))).state).toBe('succeeded');
    expect(fake.count('POST /api/prompt')).toBe(2);
    await expect(submit()).resolves.toBeDefined();
  });

  it('reset, and not there for as long as one waits: lost, no sooner', async () => {
    const { fake, clock, submit } = await setUp({}, { lostAfterMs: 90_000 });
    fake.faults.add('POST /api/prompt', { kind: 'reset' });
    const from = clock.now();
    expect(await codeOf(submit())).toBe('JOB_LOST');
    expect(clock.now() - from).toBeGreaterThanOrEqual(90_000);
    expect(fake.count('POST /api/prompt')).toBe(1);
    await submit();
  });

  it('reset by a server that is gone from then on: lost', async () => {
    const { fake, clock, executor, call } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'reset' });
    const submitting = codeOf(executor.submit(createTestPlan(), call()));
    await clock.settle();
    await fake.kill();
    expect(await clock.run(submitting)).toBe('JOB_LOST');
  });

  it('reset, and whether it is there can’t be learned: unknown', async () => {
    const { fake, submit } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'reset' });
    fake.faults.always('GET /api/jobs/:id', { kind: 'status', status: 500 });
    expect(await codeOf(submit())).toBe('SUBMIT_UNKNOWN');
  });

  it('a run is told of a lost submit, and counts it apart', async () => {
    const { fake, clock, executor } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'reset' });
    const comfygen = createComfyGen({ flows: [createTestFlow('one')], executor, clock });
    const { attempts, warnings } = await clock.run(comfygen.generate('a red apple', { seed: 1 }));
    expect(attempts.map(({ error }) => error?.code)).toEqual(['JOB_LOST', undefined]);
    expect(warnings.map(({ code }) => code)).toContain('retried');
    expect(fake.count('POST /api/prompt')).toBe(2);
  });

  it('silence: unknown', async () => {
    const { fake, submit } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'silence' });
    expect(await codeOf(submit())).toBe('SUBMIT_UNKNOWN');
    expect(fake.count('POST /api/prompt')).toBe(1);
  });

  it('a login page: told as what it is', async () => {
    const { fake, submit } = await setUp();
    fake.faults.always('POST /api/prompt', { kind: 'html' });
    expect(await codeOf(submit())).toBe('AUTH');
  });

  it('a busy proxy: the time it names is kept', async () => {
    const { fake, submit } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'rate-limited', hint: 'seconds', ms: 9_000 });
    const error = await submit().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 9_000 });
  });
});

describe('what can’t be', () => {
  it('a server that is not there is said, with what to start', async () => {
    const { fake, clock, executor, call, submit } = await setUp();
    await fake.kill();
    const errors = [submit(), clock.run(executor.inventory!(call()))];
    for (const failed of errors) {
      const error = await failed.catch((caught: unknown) => caught as ComfygenError);
      expect(error).toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining(`No ComfyUI answers at ${fake.url}`),
        details: { hint: expect.stringContaining('Start ComfyUI') },
      });
    }
  });

  it.each([302, 307])(
    'a login before all of it is told of a read and of a submit (%i)',
    async (status) => {
      const headers = { location: '/auth/start?to=hidden' };
      const guard = () => ({ status, headers });
      const { clock, executor, call, submit } = await setUp({ guard });
      for (const refused of [submit(), clock.run(executor.inventory!(call()))]) {
        const error = await refused.catch((caught: unknown) => caught as ComfygenError);
        expect(error).toMatchObject({
          code: 'AUTH',
          message: expect.stringContaining('/auth/start'),
        });
        expect(String(error)).not.toContain('hidden');
      }
    },
  );

  it('something else at the address is no ComfyUI', async () => {
    const { fake, submit } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'status', status: 404, body: 'Not Found' });
    const error = await submit().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: false });
    expect(String(error)).toContain('is no ComfyUI');
  });

  it('an address that moved is told', async () => {
    const { fake, submit } = await setUp();
    const headers = { location: 'https://comfy.example/api/prompt?key=hidden' };
    fake.faults.add('POST /api/prompt', { kind: 'status', status: 301, headers });
    const error = await submit().catch((caught: unknown) => caught);
    expect(ComfygenError.is(error, 'UNAVAILABLE')).toBe(true);
    expect(String(error)).toContain('it is at https://comfy.example; give that address');
    expect(String(error)).not.toContain('hidden');
  });
});

describe('one 500', () => {
  it.each(['GET /api/history/:id', 'GET /api/queue', 'GET /api/jobs/:id'])(
    'of %s is no verdict',
    async (route) => {
      const { fake, clock, submit, executor, call } = await setUp(slow(1_000));
      fake.faults.add(route, { kind: 'status', status: 500, body: 'oops' });
      const ref = await submit();
      await clock.advance(1_000);
      fake.drop();
      const states = new Set<string>();
      for (let look = 0; look < 20; look += 1) {
        const seen = await clock
          .run(executor.inspect(ref, call()))
          .catch((error: unknown) => ({ state: (error as ComfygenError).code }));
        states.add(seen.state);
        await clock.advance(1_000);
      }
      expect([...states].at(-1)).toBe('succeeded');
      expect(
        [...states].every((state) =>
          ['queued', 'running', 'HOST_FAULT', 'succeeded'].includes(state),
        ),
      ).toBe(true);
    },
  );

  it('of the download passes with the next try', async () => {
    const { fake, clock, submit, end, executor, call } = await setUp();
    const ref = await submit();
    const { outputs } = await end(ref);
    fake.faults.add('GET /api/view', { kind: 'status', status: 500 });
    const download = () => clock.run(executor.download(outputs[0]!, ref, call()));
    expect(await codeOf(download())).toBe('HOST_FAULT');
    expect((await download()).mediaType).toBe('image/png');
  });
});

describe('a job that others end', () => {
  it('interrupted: canceled', async () => {
    const { fake, clock, submit, end } = await setUp(slow());
    const ref = await submit();
    await clock.advance(1_000);
    await fetch(`${fake.url}/api/interrupt`, { method: 'POST' });
    expect((await end(ref)).state).toBe('canceled');
  });

  it('deleted while it waits: canceled, and soon', async () => {
    const { fake, clock, submit, end } = await setUp(slow(60_000));
    const first = await submit();
    const ref = await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } })));
    const body = JSON.stringify({ delete: [ref.id] });
    await fetch(`${fake.url}/api/queue`, { method: 'POST', body });
    const before = clock.now();
    const { state, rawState } = await end(ref);
    expect([state, rawState]).toEqual(['canceled', 'deleted']);
    expect(clock.now() - before).toBeLessThan(10_000);
    expect((await end(first)).state).toBe('succeeded');
  });

  it('gone while the socket was down: lost, since the server may have been started again', async () => {
    const { fake, submit, end } = await setUp(slow(60_000));
    await submit();
    const ref = await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } })));
    fake.drop();
    const body = JSON.stringify({ delete: [ref.id] });
    await fetch(`${fake.url}/api/queue`, { method: 'POST', body });
    const { state, failure } = await end(ref);
    expect([state, failure?.code]).toEqual(['failed', 'JOB_LOST']);
  });
});

describe('a wedged server', () => {
  it('that never gets to the first node: told within two minutes, for the job behind it too', async () => {
    const { fake, clock, submit, end } = await setUp();
    fake.wedge();
    const refs = [
      await submit(),
      await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } }))),
    ];
    const before = clock.now();
    for (const ref of refs) expect((await end(ref)).failure?.code).toBe('SERVER_WEDGED');
    expect(clock.now() - before).toBeLessThan(120_000);
  });

  /** Gives the server a job of somebody else's. */
  const occupy = async (url: string) => {
    const prompt = createTestGraph({ sampler: { seed: 99 } });
    await fetch(`${url}/api/prompt`, { method: 'POST', body: JSON.stringify({ prompt }) });
  };

  it.each(['0.33.0', '0.3.64'])(
    '%s that died at somebody else’s job: ours are taken back and told',
    async (version) => {
      const { fake, clock, submit, end } = await setUp({ version }, { wedgedAfterMs: 90_000 });
      fake.wedge();
      await occupy(fake.url);
      const ref = await submit();
      const before = clock.now();
      const { failure } = await end(ref);
      expect(failure).toMatchObject({ code: 'SERVER_WEDGED', takenBack: true });
      expect(clock.now() - before).toBeGreaterThanOrEqual(90_000);
      expect(clock.now() - before).toBeLessThan(180_000);
      expect(fake.state.pending).toEqual([]);
    },
  );

  it('is not one whose queue moves on', async () => {
    const timeline = () => ({ nodeMs: 10_000 });
    const { fake, submit, end } = await setUp({ timeline }, { wedgedAfterMs: 90_000 });
    for (let others = 0; others < 3; others += 1) await occupy(fake.url);
    expect((await end(await submit())).state).toBe('succeeded');
  });

  it('is not one that takes its time', async () => {
    const { submit, end } = await setUp({ timeline: () => ({ nodeMs: 500_000 }) });
    expect((await end(await submit())).state).toBe('succeeded');
  });

  it('is one that is silent for longer than was allowed', async () => {
    const bench = await setUp(
      { timeline: () => ({ nodeMs: 500_000 }) },
      { wedgedAfterMs: 100_000 },
    );
    expect((await bench.end(await bench.submit())).failure?.code).toBe('SERVER_WEDGED');
  });
});

describe('a job that fails by itself', () => {
  it('says which node, of what class, and why', async () => {
    const fails = { node: 'KSampler', type: 'ValueError', message: 'bad\nsecond line' };
    const { submit, end } = await setUp({ timeline: () => ({ fails }) });
    const { state, failure } = await end(await submit());
    expect([state, failure]).toEqual([
      'failed',
      {
        code: 'EXECUTION_FAILED',
        message: 'KSampler (node sampler) failed: ValueError: bad',
        retryable: false,
        nodeId: 'sampler',
        classType: 'KSampler',
      },
    ]);
  });

  it.each([
    ['torch.OutOfMemoryError', 'Allocation on device'],
    [
      'RuntimeError',
      "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4398046511104 bytes. Error code 12 (Cannot allocate memory)",
    ],
  ])('is the host’s fault where memory ran out: %s', async (type, message) => {
    const fails = { node: 'VAEDecode', type, message };
    const { submit, end } = await setUp({ timeline: () => ({ fails }) });
    expect((await end(await submit())).failure).toMatchObject({
      code: 'HOST_FAULT',
      // The same server would not do it better.
      retryable: false,
    });
  });
});

describe('a graph that the server does not take', () => {
  const cases: [string, (graph: ReturnType<typeof createTestGraph>) => void, string, string?][] = [
    [
      'an unknown class',
      (g) => Object.assign(g['latent']!, { class_type: 'NoSuchNode' }),
      'MISSING_NODE',
    ],
    [
      'the same on an old server',
      (g) => Object.assign(g['latent']!, { class_type: 'NoSuchNode' }),
      'MISSING_NODE',
      '0.3.64',
    ],
    [
      'a missing checkpoint',
      (g) => Object.assign(g['loader']!.inputs, { ckpt_name: 'no.safetensors' }),
      'MISSING_MODEL',
    ],
    ['a missing value', (g) => void delete g['latent']!.inputs['width'], 'MISSING_INPUT'],
    [
      'a value too large',
      (g) => Object.assign(g['latent']!.inputs, { width: 99_999 }),
      'INVALID_WORKFLOW',
    ],
    [
      'a missing picture',
      (g) =>
        Object.assign(g, {
          more: { class_type: 'LoadImage', inputs: { image: 'no.png' } },
          save: { class_type: 'SaveImage', inputs: { images: ['more', 0], filename_prefix: 'x' } },
        }),
      'MISSING_INPUT',
    ],
  ];
  it.each(cases)('%s', async (_, change, code, version = '0.33.0') => {
    const { fake, submit } = await setUp({ version });
    const graph = createTestGraph();
    change(graph);
    const error = await submit(createTestPlan(graph)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, retryable: false });
    expect((error as ComfygenError).details['issues']).not.toEqual([]);
    expect(fake.count('POST /api/prompt')).toBe(1);
  });

  it.each([
    ['text', 'Bad Request', 'Bad Request'],
    ['another’s JSON', { error: 'no such tenant' }, 'no such tenant'],
    ['a list', [1], '[1]'],
    ['nothing', undefined, 'no reason was given'],
  ])('a 400 of a proxy: %s', async (_, body, told) => {
    const { fake, submit } = await setUp();
    fake.faults.add('POST /api/prompt', { kind: 'status', status: 400, body });
    const error = await submit().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'INVALID_WORKFLOW' });
    expect(String(error)).toContain(told);
  });

  it('in part: refused whole, and what was accepted is canceled', async () => {
    const { fake, clock, submit } = await setUp(slow());
    const graph = createTestGraph();
    graph['second'] = {
      class_type: 'SaveImage',
      inputs: { images: ['nowhere', 0], filename_prefix: 'x' },
    };
    expect(await codeOf(submit(createTestPlan(graph, { outputNodes: ['save', 'second'] })))).toBe(
      'INVALID_WORKFLOW',
    );
    await clock.settle();
    expect([fake.state.running, fake.state.pending]).toEqual([undefined, []]);
    expect([...fake.state.history.values()][0]?.status.messages.at(-1)?.[0]).toBe(
      'execution_interrupted',
    );
  });
});
