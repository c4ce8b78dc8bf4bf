import type { JobEvent } from 'comfygen/plugin';
import type { HttpFault } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { openComfyApi, SERVICES } from './bench.ts';

describe.each(SERVICES)('$name: canceling', ({ open }) => {
  it('41: a cancel of an unknown job says that it is lost', async () => {
    const { clock, ctx, submit, executor } = await open();
    const ref = { ...(await submit()), id: crypto.randomUUID() };
    const { state, failure } = await clock.run(executor.cancel!(ref, ctx));
    expect([state, failure?.code]).toEqual(['failed', 'JOB_LOST']);
  });
});

describe('comfy-api: progress', () => {
  const slow = () => ({ nodeMs: 2_000, stepMs: 2_000 });
  const watch = async (options: object, fault?: HttpFault) => {
    const bench = await openComfyApi({ timeline: slow, ...options });
    const { clock, ctx, submit, executor, fake } = bench;
    const ref = await submit();
    if (fault) fake.faults.add('GET /api/v2/jobs/:id/events', fault);
    const events: JobEvent[] = [];
    const collect = async () => {
      for await (const event of executor.watch!(ref, ctx)) events.push(event);
    };
    await clock.run(collect());
    return { events, fake, clock };
  };

  it.each<[string, object, HttpFault | undefined]>([
    ['pushed events', {}, undefined],
    ['501', { maxStreams: 0 }, undefined],
    ['429', {}, { kind: 'rate-limited', hint: 'seconds', ms: 30_000 }],
    ['a drop', {}, { kind: 'truncated' }],
    ['silence', {}, { kind: 'silence' }],
    ['a web page', {}, { kind: 'html' }],
  ])('42: with %s progress goes up to 1, and the end is told once', async (_, options, fault) => {
    const { events, fake, clock } = await watch(options, fault);
    const told = events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
    expect(told.length).toBeGreaterThan(0);
    for (const [place, { fraction }] of told.entries()) {
      expect(fraction).toBeLessThanOrEqual(1);
      expect(fraction).toBeGreaterThanOrEqual(told[place - 1]?.fraction ?? 0);
    }
    expect(events.filter((event) => event.type === 'state').at(-1)).toEqual(events.at(-1));
    expect(events.at(-1)).toEqual({ type: 'state', state: 'succeeded' });
    const pushed = options === undefined || (fault === undefined && !('maxStreams' in options));
    expect(fake.count('GET /api/v2/jobs/:id') > 0).toBe(!pushed);
    expect(clock.sleeping).toBe(0);
  });

  it('42: too many streams', async () => {
    const timeline = () => ({ nodeMs: 3_000 });
    const { clock, comfygen } = await openComfyApi({ maxStreams: 1, timeline });
    const runs = [1, 2, 3].map((seed) => comfygen.generate('a red fox', { seed }));
    const results = await clock.run(Promise.all(runs));
    expect(results.map(({ images }) => images.length)).toEqual([1, 1, 1]);
  });

  it('42: names node, class and step', async () => {
    const { events } = await watch({});
    const steps = events.filter((event) => event.type === 'progress' && event.progress.step === 2);
    expect(steps[0]).toMatchObject({
      progress: { node: 'sampler', classType: 'KSampler', steps: 3 },
    });
  });
});
