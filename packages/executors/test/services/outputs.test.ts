import { describe, expect, it } from 'vitest';
import { openComfyApi, openRunpod, picturesOf } from './bench.ts';
import { testGraph } from './test-plan.ts';

const BLOB = 'GET /blobs/:id';
const BUCKET = 'GET /bucket/:name';

describe('26: where the bytes are', () => {
  it.each([
    ['a relative link', {}],
    ['an absolute one', { relativeLinks: false }],
    ['a relative one below a path', { basePath: '/deployment/dep-1' }],
    ['a signed one on another host', { signedLinks: true }],
  ])('comfy-api: %s', async (_, options) => {
    const { ctx, clock, submit, end, executor, storage } = await openComfyApi(options);
    const ref = await submit();
    const { outputs } = await end(ref);
    const { bytes } = await clock.run(executor.download(outputs[0]!, ref, ctx));
    expect(bytes).toEqual((await picturesOf(testGraph()))[0]!.bytes);
    for (const { headers } of storage.requests) expect(headers['authorization']).toBeUndefined();
  });

  it('comfy-api: content that redirects to another host gets no key there', async () => {
    const { ctx, clock, submit, end, another, fake, storage } = await openComfyApi({
      signedLinks: true,
    });
    const ref = await submit();
    const { outputs } = await end(ref);
    // An asset without a link leads to its content.
    const body = { id: outputs[0]!.ref['asset'], url: null };
    fake.faults.add('GET /api/v2/assets/:id', { kind: 'status', status: 200, body });
    await clock.run(another().download(outputs[0]!, ref, ctx));
    expect(fake.count('GET /api/v2/assets/:id/content')).toBe(1);
    expect(storage.requests).toHaveLength(1);
    expect(storage.requests[0]!.headers['authorization']).toBeUndefined();
  });

  it.each([
    ['base64', (data: string) => data],
    ['a data URI', (data: string) => `data:image/png;base64,${data}`],
  ])('runpod: %s', async (_, write) => {
    const result = (made: Record<string, unknown>) => ({
      images: (made['images'] as { data: string }[]).map((one) => ({
        ...one,
        data: write(one.data),
      })),
    });
    const { ctx, clock, submit, end, executor } = await openRunpod({
      timeline: () => ({ result }),
    });
    const ref = await submit();
    const { outputs } = await end(ref);
    const { bytes, mediaType } = await clock.run(executor.download(outputs[0]!, ref, ctx));
    expect(mediaType).toBe('image/png');
    expect(bytes).toEqual((await picturesOf(testGraph()))[0]!.bytes);
  });

  it('runpod: a bucket gets no key', async () => {
    const { ctx, clock, submit, end, executor, storage } = await openRunpod({ bucket: true });
    const ref = await submit();
    const { outputs } = await end(ref);
    await clock.run(executor.download(outputs[0]!, ref, ctx));
    expect(storage.requests[0]!.headers['authorization']).toBeUndefined();
  });
});

describe('28: done without a picture is OUTPUT_MISSING', () => {
  it('comfy-api: no outputs', async () => {
    const { submit, end } = await openComfyApi({ timeline: () => ({ outputs: () => [] }) });
    const { state, failure } = await end(await submit());
    expect([state, failure?.code, failure?.retryable]).toEqual(['failed', 'OUTPUT_MISSING', false]);
  });

  it.each([
    ['no output at all', { maxResultBytes: 10 }, 'too large'],
    [
      'success_no_images',
      { timeline: () => ({ result: () => ({ status: 'success_no_images', images: [] }) }) },
      'without a picture',
    ],
    ['an output that is a text', { timeline: () => ({ result: () => 'done' }) }, 'without'],
  ])('runpod: %s', async (_, options, words) => {
    const { submit, end } = await openRunpod(options);
    const { state, failure } = await end(await submit());
    expect([state, failure?.code, failure?.retryable]).toEqual(['failed', 'OUTPUT_MISSING', false]);
    expect(failure?.message).toContain(words);
  });
});

describe('29: links that have ended', () => {
  it('comfy-api: are asked for anew, once', async () => {
    const { ctx, clock, submit, end, executor, fake, storage } = await openComfyApi({
      signedLinks: true,
      urlLifetimeMs: 60_000,
    });
    const ref = await submit();
    const { outputs } = await end(ref);
    await clock.advance(61_000);
    await clock.run(executor.download(outputs[0]!, ref, ctx));
    expect(fake.count('GET /api/v2/assets/:id')).toBe(1);
    // What the host says counts more than the date.
    storage.faults.add(BLOB, { kind: 'status', status: 403 });
    await clock.run(executor.download(outputs[0]!, ref, ctx));
    expect(fake.count('GET /api/v2/assets/:id')).toBe(2);
  });

  it('comfy-api: and then given up', async () => {
    const { ctx, submit, end, executor, fake, storage, errorOf } = await openComfyApi({
      signedLinks: true,
    });
    const ref = await submit();
    const { outputs } = await end(ref);
    storage.faults.always(BLOB, { kind: 'status', status: 403 });
    const error = await errorOf(executor.download(outputs[0]!, ref, ctx));
    expect(error.code).toBe('OUTPUT_EXPIRED');
    expect(fake.count('GET /api/v2/assets/:id')).toBe(1);
    expect(storage.requests).toHaveLength(2);
    expect(JSON.stringify(error)).not.toContain('0123456789abcdef');
  });

  it('runpod: are given up', async () => {
    const { ctx, clock, submit, end, executor, errorOf } = await openRunpod({
      bucket: true,
      urlLifetimeMs: 60_000,
    });
    const ref = await submit();
    const { outputs } = await end(ref);
    await clock.advance(61_000);
    const error = await errorOf(executor.download(outputs[0]!, ref, ctx));
    expect(error.code).toBe('OUTPUT_EXPIRED');
  });
});

describe('31: what came is looked at', () => {
  it('comfy-api: half a picture whose length fits what was sent', async () => {
    const { ctx, submit, end, executor, fake, errorOf } = await openComfyApi();
    const ref = await submit();
    const { outputs } = await end(ref);
    const body = 'x'.repeat(100);
    const route = 'GET /api/v2/assets/:id/content';
    fake.faults.add(route, { kind: 'status', status: 200, body });
    expect((await errorOf(executor.download(outputs[0]!, ref, ctx))).code).toBe('PROTOCOL');
  });

  it.each([
    ['half a picture', (data: string) => data.slice(0, 80), 'HOST_FAULT'],
    ['no base64', () => '§§§', 'PROTOCOL'],
    ['a web page', () => btoa('<html>Sign in</html>'), 'PROTOCOL'],
  ])('runpod: %s', async (_, write, code) => {
    const result = (made: Record<string, unknown>) => ({
      images: (made['images'] as { data: string }[]).map((one) => ({
        ...one,
        data: write(one.data),
      })),
    });
    const { ctx, submit, end, executor, errorOf } = await openRunpod({
      timeline: () => ({ result }),
    });
    const ref = await submit();
    const { outputs } = await end(ref);
    expect((await errorOf(executor.download(outputs[0]!, ref, ctx))).code).toBe(code);
  });
});

describe('33: output in other shapes', () => {
  it.each([
    ['a list', []],
    ['a number', 7],
    ['pictures that are none', { images: [null, 7, { filename: 'a.png' }] }],
    ['pictures that are no list', { images: 'a.png' }],
  ])('runpod: %s is no crash', async (_, given) => {
    const { submit, end } = await openRunpod({ timeline: () => ({ result: () => given }) });
    const { state, failure } = await end(await submit());
    expect([state, failure?.code]).toEqual(['failed', 'OUTPUT_MISSING']);
  });

  it('runpod: the one picture of workers before 5.0', async () => {
    const result = (made: Record<string, unknown>) => ({
      status: 'success',
      message: (made['images'] as { data: string }[])[0]!.data,
    });
    const { ctx, submit, end, executor, clock } = await openRunpod({
      timeline: () => ({ result }),
    });
    const ref = await submit();
    const { outputs, warnings } = await end(ref);
    expect(outputs).toMatchObject([{ nodeId: null, kind: 'image', fileName: 'output.png' }]);
    expect(warnings.map(({ code }) => code)).toEqual(['output-node-unknown']);
    await clock.run(executor.download(outputs[0]!, ref, ctx));
  });
});

describe('34 to 36: files of other kinds, large ones, bad names', () => {
  it('comfy-api: other kinds are told, not dropped', async () => {
    const types = ['video', 'audio', 'text', 'latent', 'hologram'];
    const outputs = (made: { type: string; name: string }[]) =>
      made.flatMap((one) => types.map((type) => ({ ...one, type, name: `x.${type}` }))) as never;
    const { submit, end } = await openComfyApi({ timeline: () => ({ outputs }) });
    const snapshot = await end(await submit());
    expect(snapshot.outputs.map(({ kind }) => kind)).toEqual([
      'video',
      'audio',
      'text',
      'file',
      'file',
    ]);
  });

  it('runpod: a video among the pictures', async () => {
    const result = (made: Record<string, unknown>) => ({
      images: [
        { filename: 'cg0-film.mp4', type: 'base64', data: 'AAAA' },
        ...(made['images'] as []),
      ],
    });
    const { submit, end } = await openRunpod({ timeline: () => ({ result }) });
    const { outputs } = await end(await submit());
    expect(outputs.map(({ kind }) => kind).sort()).toEqual(['image', 'video']);
  });

  it.each([
    ['comfy-api', () => openComfyApi({}, { maxBytes: 50 })],
    ['runpod', () => openRunpod({ bucket: true }, { maxBytes: 400 })],
  ])('%s: a file above the limit is not read', async (name, open) => {
    const { ctx, submit, end, executor, errorOf, storage } = await open();
    const ref = await submit();
    const { outputs } = await end(ref);
    if (name === 'runpod')
      storage.faults.always(BUCKET, { kind: 'status', status: 200, body: 'x'.repeat(1_000) });
    const error = await errorOf(executor.download(outputs[0]!, ref, ctx));
    expect(error.code).toBe('PAYLOAD_TOO_LARGE');
  });

  it.each(['../../evil.png', '/etc/evil.png', 'C:\\evil.png', 'a/b\\..\\evil.png'])(
    '36: %s never becomes a path',
    async (evil) => {
      const outputs = (made: object[]) => made.map((one) => ({ ...one, name: evil })) as never;
      const api = await openComfyApi({ timeline: () => ({ outputs }) });
      const result = (made: Record<string, unknown>) => ({
        images: (made['images'] as object[]).map((one) => ({ ...one, filename: evil })),
      });
      const endpoint = await openRunpod({ timeline: () => ({ result }) });
      for (const { ctx, clock, submit, end, executor } of [api, endpoint]) {
        const ref = await submit();
        const { outputs: got } = await end(ref);
        expect(got.map(({ fileName }) => fileName)).toEqual(['evil.png']);
        await clock.run(executor.download(got[0]!, ref, ctx));
      }
    },
  );
});
