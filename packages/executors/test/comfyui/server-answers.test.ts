import { ComfygenError } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { codeOf, setUp, slow } from './set-up.ts';

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
