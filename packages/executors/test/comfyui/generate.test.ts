import type { Workflow } from 'comfygen';
import { type ComfyGen, ComfygenError, createComfyGen, defineFlow } from 'comfygen';
import { createRandom } from 'comfygen/plugin';
import { createTestGraph, type HttpFault } from 'comfygen/testing';
import { coreCatalogue } from 'comfygen/workflow/catalogue';
import { afterEach, describe, expect, it } from 'vitest';
import type { FakeComfyuiOptions } from '../../src/testing/index.ts';
import { type Bench, openBench } from './bench.ts';

const open: { bench: Bench; comfygen: ComfyGen }[] = [];

async function setUp(
  given: FakeComfyuiOptions = {},
  { maxRetries = 2, workflow = createTestGraph() } = {},
) {
  const bench = await openBench(given);
  const comfygen = createComfyGen({
    flows: [defineFlow({ id: 'flow', workflow })],
    executor: bench.executor,
    clock: bench.clock,
    concurrency: 50,
    maxRetries,
  });
  open.push({ bench, comfygen });
  const generate = (seed: number, options = {}) =>
    bench.clock.run(comfygen.generate('a red apple', { seed, ...options }));
  return { ...bench, comfygen, generate };
}

afterEach(async () => {
  for (const { bench, comfygen } of open.splice(0)) {
    await comfygen.dispose();
    await bench.close();
    expect(bench.clock.sleeping, 'a timer was left').toBe(0);
  }
});

describe('generate on a ComfyUI server', () => {
  it('gives the picture, its progress, and asks the server once and for the file', async () => {
    const { generate, comfygen, fake } = await setUp({ timeline: () => ({ stepMs: 1_000 }) });
    const fractions: number[] = [];
    comfygen.events.on('execute-progress', ({ fraction }) => fractions.push(fraction));
    const { best } = await generate(7);
    expect(best.mediaType).toBe('image/png');
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    const calls = fake.requests.map(({ method, path }) => `${method} ${path.split('/')[2]}`);
    const jobCalls = calls.slice(calls.indexOf('POST prompt'));
    expect(jobCalls).toEqual(['POST prompt', 'GET view']);
  });

  it('sends what classes of node packs take and give beyond their declaration', async () => {
    const python_module = 'custom_nodes.a-pack';
    const pick = [['plain', ['rich', [['grain', 'INT', { default: 1 }]]]], {}];
    const info = {
      ...coreCatalogue,
      Stack: { input: { optional: { model: ['MODEL'] } }, output: ['MODEL'], python_module },
      Finish: {
        input: { required: { images: ['IMAGE'], pick } },
        output: ['IMAGE'],
        python_module,
      },
    };
    const stack = { model: ['loader', 0], clip: ['loader', 1], part_1: { on: true, weight: 0.5 } };
    const finish = { images: ['decode', 0], pick: 'rich' };
    const workflow = {
      ...createTestGraph({ sampler: { model: ['stack', 2] }, save: { images: ['finish', 0] } }),
      stack: { class_type: 'Stack', inputs: stack },
      finish: { class_type: 'Finish', inputs: finish },
    } as Workflow;
    const { generate, fake } = await setUp({ info }, { workflow });
    const { warnings } = await generate(7);
    expect(warnings.map(({ code }) => code)).toEqual(['not-checked']);
    const post = fake.requests.findLast(({ path }) => path.endsWith('/prompt'));
    const { prompt } = JSON.parse(String(post?.body));
    expect([prompt.stack.inputs, prompt.finish.inputs]).toEqual([stack, finish]);
    expect(prompt.sampler.inputs.model).toEqual(['stack', 2]);
  });

  it('makes it again after the server lost it, and once only', async () => {
    const { generate, clock, fake } = await setUp({ timeline: () => ({ stepMs: 5_000 }) });
    const running = generate(7);
    const crash = (async () => {
      await clock.sleep(6_000);
      await fake.restart();
    })();
    const { attempts } = await running;
    await crash;
    expect(attempts.map(({ error }) => error?.code)).toEqual(['JOB_LOST', undefined]);
    expect(fake.state.history.size).toBe(1);
  });

  it('stops the job where the caller gives up', async () => {
    const { comfygen, clock, fake } = await setUp({ timeline: () => ({ holds: 'KSampler' }) });
    const stop = new AbortController();
    const reason = new Error('enough');
    const running = comfygen.generate('a red apple', { seed: 7, signal: stop.signal });
    running.catch(() => {});
    await clock.settle();
    stop.abort(reason);
    await expect(clock.run(running)).rejects.toBe(reason);
    await clock.settle();
    expect(fake.state.running).toBeUndefined();
  });

  it('gives a job up a minute after its server went, as lost', async () => {
    const { generate, clock, fake } = await setUp(
      { timeline: () => ({ stepMs: 5_000 }) },
      { maxRetries: 0 },
    );
    const running = generate(7).catch((error: unknown) => error);
    await clock.settle();
    await fake.kill();
    expect(await running).toMatchObject({ code: 'JOB_LOST' });
  });

  it('gives three images of four where the server can’t make one', async () => {
    const fails = { node: 'KSampler', type: 'ValueError', message: 'not this seed' };
    const workflow = createTestGraph();
    delete workflow['latent']!.inputs['batch_size'];
    const { generate, fake } = await setUp(
      { timeline: ({ sampler }) => (sampler!.inputs['seed'] === 9 ? { fails } : {}) },
      { workflow },
    );
    const { images, warnings } = await generate(7, { count: 4 });
    expect(images.map(({ seed }) => seed)).toEqual(['7', '8', '10']);
    expect(warnings.at(-1)).toMatchObject({
      code: 'images-missing',
      message: expect.stringMatching(/^1 of 4 .*EXECUTION_FAILED: .*not this seed/),
    });
    expect(fake.count('POST /api/prompt')).toBe(4);
  });

  it('300 runs under random faults: each settles once, with its picture or a reason', {
    tags: ['campaign'],
  }, async () => {
    const random = createRandom(20_261_125);
    const bench = await setUp(
      { timeline: () => ({ stepMs: 200, nodeMs: 20 }) },
      { maxRetries: 10 },
    );
    const { clock, comfygen, fake } = bench;
    const faults: HttpFault[] = [
      { kind: 'status', status: 500 },
      { kind: 'reset' },
      { kind: 'reset-after' },
      { kind: 'slow', ms: 3_000 },
      { kind: 'truncated' },
      { kind: 'html' },
      { kind: 'rate-limited', hint: 'seconds', ms: 2_000 },
    ];
    const routes = [
      'GET /api/history/:id',
      'GET /api/queue',
      'GET /api/jobs/:id',
      'GET /api/view',
      'POST /api/prompt',
    ];
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
    const over = new AbortController();
    const trouble = (async () => {
      while (!over.signal.aborted) {
        await clock.sleep(500 + random() * 4_000, over.signal);
        const dice = random();
        if (dice < 0.5) {
          const route = pick(routes);
          const fault = pick(faults);
          // A login page in place of the queue means another thing for a submit: its own test has it.
          if (!(route === 'POST /api/prompt' && fault.kind === 'html'))
            fake.faults.add(route, fault);
        } else if (dice < 0.75) fake.drop();
        else if (dice < 0.9) fake.deafen();
        else if (dice < 0.95) await fake.restart();
      }
    })().catch(() => {});
    let settled = 0;
    const runs = Array.from({ length: 300 }, (_, seed) =>
      comfygen
        .generate('a red apple', { seed })
        .then(
          ({ images }) => images.map(({ hash }) => hash),
          (error: unknown) => error,
        )
        .finally(() => {
          settled += 1;
        }),
    );
    const outcomes = await clock.run(Promise.all(runs), 24 * 3_600_000);
    over.abort();
    await trouble;
    expect(settled).toBe(300);
    const failed = outcomes.filter((outcome) => !Array.isArray(outcome));
    for (const error of failed) expect(ComfygenError.is(error), String(error)).toBe(true);
    const pictures = outcomes.filter((outcome) => Array.isArray(outcome)).flat();
    // Every run has its own seed: two equal pictures would be one job told twice.
    expect(new Set(pictures).size).toBe(pictures.length);
    expect(pictures.length).toBeGreaterThan(290);
  });
});
