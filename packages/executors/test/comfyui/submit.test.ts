import { createComfyGen } from 'comfygen';
import type { ComfygenError } from 'comfygen/plugin';
import { createTestFlow, createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import type { Bench } from './bench.ts';
import { codeOf, setUp, slow } from './set-up.ts';

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
