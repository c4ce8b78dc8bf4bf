import { createCallContext } from 'comfygen/plugin';
import { describe, expect, it, vi } from 'vitest';
import { comfyApi } from '../../src/comfy-api/index.ts';
import { runpod } from '../../src/runpod/index.ts';
import { openComfyApi, openRunpod } from './bench.ts';
import { testPlan } from './test-plan.ts';

describe('keys and addresses', () => {
  const asked: { url: string; authorization: string | null }[] = [];
  const noted: typeof fetch = async (input) => {
    const { url, headers } = input as Request;
    asked.push({ url, authorization: headers.get('authorization') });
    return Response.json({ id: 'job-1', status: 'queued', urls: null });
  };
  const ctx = { ...createCallContext(), onRef: async () => {} };
  const submitTo = async (executor: ReturnType<typeof comfyApi>) => {
    asked.length = 0;
    await executor.submit(testPlan(), ctx);
    return asked[0]!;
  };

  it('comfy-api: reads key and address late, and keeps the environment’s key to Comfy’s hosts', async () => {
    vi.stubEnv('COMFY_API_KEY', '');
    vi.stubEnv('COMFY_BASE_URL', '');
    const executor = comfyApi({ fetch: noted });
    await expect(executor.submit(testPlan(), ctx)).rejects.toMatchObject({
      code: 'MISSING_SETTING',
    });
    vi.stubEnv('COMFY_API_KEY', 'from-env-123');
    expect(await submitTo(executor)).toEqual({
      url: 'https://cloud.comfy.org/api/v2/jobs',
      authorization: 'Bearer from-env-123',
    });
    vi.stubEnv('COMFY_BASE_URL', 'https://dep-1.run.comfy.app');
    expect((await submitTo(executor)).authorization).toBe('Bearer from-env-123');
    vi.stubEnv('COMFY_BASE_URL', 'http://127.0.0.1:8189');
    expect((await submitTo(executor)).authorization).toBeNull();
    const evil = comfyApi({ fetch: noted, baseUrl: 'https://comfy.org.evil.example' });
    expect((await submitTo(evil)).authorization).toBeNull();
    vi.unstubAllEnvs();
  });

  it('runpod: reads key and endpoint late', async () => {
    vi.stubEnv('RUNPOD_API_KEY', '');
    vi.stubEnv('RUNPOD_ENDPOINT_ID', '');
    const executor = runpod({ fetch: noted });
    await expect(executor.submit(testPlan(), ctx)).rejects.toMatchObject({
      code: 'MISSING_SETTING',
    });
    vi.stubEnv('RUNPOD_API_KEY', 'from-env-123');
    vi.stubEnv('RUNPOD_ENDPOINT_ID', 'ep-1');
    expect(await submitTo(executor)).toEqual({
      url: 'https://api.runpod.ai/v2/ep-1/run',
      authorization: 'Bearer from-env-123',
    });
    // A job goes on where it was submitted.
    const ref = await executor.submit(testPlan(), ctx);
    vi.stubEnv('RUNPOD_ENDPOINT_ID', 'ep-2');
    await executor.inspect(ref, ctx);
    expect(asked.at(-1)?.url).toBe('https://api.runpod.ai/v2/ep-1/status/job-1');
    vi.unstubAllEnvs();
  });

  it('refuses unknown options and wrong values', () => {
    expect(() => comfyApi({ apikey: 'x' } as never)).toThrow(/apikey/);
    expect(() => runpod({ ttlMs: 5 })).toThrow(/ttlMs/);
    expect(() => runpod({ webhookUrl: 'ftp://x' })).toThrow(/webhookUrl/);
  });
});

describe('input files', () => {
  const file = {
    name: '../my photo.png',
    bytes: new Uint8Array([1, 2, 3]),
    mediaType: 'image/png',
  };
  const withImage = (image: string) => {
    const plan = testPlan();
    plan.workflow['11'] = { class_type: 'LoadImage', inputs: { image } };
    plan.workflow['decode'] = {
      class_type: 'ImageScale',
      inputs: {
        image: ['11', 0],
        upscale_method: 'bilinear',
        width: 64,
        height: 64,
        crop: 'disabled',
      },
    };
    return plan;
  };

  it('comfy-api: bytes that are there already are not sent again', async () => {
    const { clock, ctx, submit, end, executor, fake } = await openComfyApi();
    const first = await clock.run(executor.upload!(file, ctx));
    const second = await clock.run(executor.upload!(file, ctx));
    expect(fake.count('POST /api/v2/assets/from-hash')).toBe(2);
    expect(fake.count('POST /api/v2/assets')).toBe(1);
    const plan = withImage(second.name);
    expect((await end(await submit(plan))).state).toBe('succeeded');
    expect(plan.workflow['11']!.inputs['image']).toBe(second.name);
    const body = fake.requests.find(({ path }) => path === '/api/v2/jobs')!.json();
    const id = second.name.replace('comfy-api-asset:', '');
    expect(body).toMatchObject({
      workflow: { 11: { inputs: { image: { __type: 'core/ASSET', info: { id } } } } },
    });
    expect(first.name).not.toBe(second.name);
  });

  it('comfy-api: a server without the short cut gets the bytes', async () => {
    const { clock, ctx, executor, fake } = await openComfyApi();
    fake.faults.add('POST /api/v2/assets/from-hash', { kind: 'status', status: 501 });
    await clock.run(executor.upload!(file, ctx));
    expect(fake.count('POST /api/v2/assets')).toBe(1);
  });

  it('comfy-api: an asset of somebody else is a missing input', async () => {
    const { executor, ctx, errorOf } = await openComfyApi();
    const plan = withImage('comfy-api-asset:not-yours');
    const error = await errorOf(executor.submit(plan, { ...ctx, onRef: async () => {} }));
    expect(error.code).toBe('MISSING_INPUT');
  });

  it('runpod: go along with the job that names them', async () => {
    const { clock, ctx, submit, end, executor, fake } = await openRunpod();
    const { name } = await clock.run(executor.upload!(file, ctx));
    expect(name).toMatch(/^comfygen-[0-9a-f]{16}-my photo\.png$/);
    expect(fake.requests).toEqual([]);
    expect((await end(await submit(withImage(name)))).state).toBe('succeeded');
    expect(fake.requests[0]!.json()).toMatchObject({
      input: { images: [{ name, image: 'AQID' }] },
    });
    await submit();
    expect(fake.requests.at(-1)!.body.toString()).not.toContain('AQID');
  });

  it('runpod: one of another process is a missing input, before any request', async () => {
    const { ctx, executor, another, errorOf, fake } = await openRunpod();
    const { name } = await another().upload!(file, ctx);
    const submit = executor.submit(withImage(name), { ...ctx, onRef: async () => {} });
    expect((await errorOf(submit)).code).toBe('MISSING_INPUT');
    expect(fake.requests).toEqual([]);
    const bytes = new Uint8Array(9 * 1024 * 1024);
    const large = await errorOf(executor.upload!({ ...file, bytes }, ctx));
    expect(large.code).toBe('PAYLOAD_TOO_LARGE');
  });
});
