import { replicate } from '@comfygen/executors/replicate';
import { createCallContext } from 'comfygen/plugin';
import { createScenarioGraph, createTestGraph, createTestPlan, encodePng } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../job-bench.ts';
import { openReplicate } from './bench.ts';

const png = (size: number) =>
  new Uint8Array(
    encodePng(size, size, (x, y) => [(x * 7919 + y * 104_729) % 251, x % 256, y % 256]),
  );

type Sent = { version?: string; input: Record<string, unknown>; webhook?: string };

describe('what the model is given', () => {
  it('40: seeds as they are, and pictures as ComfyUI made them', async () => {
    const { play, fake, download } = await openReplicate();
    const one = await play(createTestPlan(createTestGraph({ sampler: { seed: 2n ** 64n - 1n } })));
    const { input } = fake.requests[0]!.json() as Sent;
    expect(input).toMatchObject({
      randomise_seeds: false,
      output_format: 'png',
      output_quality: 100,
      return_temp_files: false,
    });
    expect(String(input['workflow_json'])).toContain('18446744073709551615');
    const two = await play(createTestPlan(createTestGraph({ sampler: { seed: 2n ** 64n - 1n } })));
    expect((await download(one.snapshot, one.ref)).bytes).toEqual(
      (await download(two.snapshot, two.ref)).bytes,
    );
    expect((await download(one.snapshot, one.ref)).mediaType).toBe('image/png');
  });

  it('32: temp files where they are asked for', async () => {
    const { play } = await openReplicate({}, { tempFiles: true });
    const { snapshot } = await play(createTestPlan(createScenarioGraph('many-outputs').workflow));
    const temp = snapshot.outputs.filter(({ nodeId }) => nodeId === 'preview');
    expect(temp).toHaveLength(3);
  });

  it('the newest version is asked for once, and said each time', async () => {
    const { play, fake } = await openReplicate({}, { version: undefined });
    for (const { snapshot } of [await play(), await play()])
      expect(snapshot.warnings).toMatchObject([{ code: 'version-not-pinned' }]);
    expect(fake.count('GET /v1/models/:owner/:name')).toBe(1);
    const { version } = fake.requests.at(-2)!.json() as Sent;
    expect(version).toBe(fake.version);
  });

  it('a version that is none is a wrong option, at once or by the service', async () => {
    expect(() => replicate({ version: 'newest' })).toThrow(/version must be 64 hex digits/);
    const { executor, call, clock } = await openReplicate({}, { version: 'a'.repeat(64) });
    const error = await errorOf(clock.run(executor.submit(createTestPlan(), call())));
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', details: { status: 422 } });
  });

  it('a deployment has its own version', async () => {
    const { play, fake } = await openReplicate({}, { deployment: 'me/mine' });
    expect((await play()).snapshot.state).toBe('succeeded');
    expect(fake.count('POST /v1/deployments/:owner/:name/predictions')).toBe(1);
    expect(fake.requests[0]!.json()).not.toHaveProperty('version');
  });

  it('a run may have settings of its own, known ones only', async () => {
    const { executor, call, clock, fake } = await openReplicate();
    const plan = createTestPlan();
    plan.brief = { ...plan.brief, options: { replicate: { tempFiles: true } } };
    await clock.run(executor.submit(plan, call()));
    const { input } = fake.requests[0]!.json() as Sent;
    expect(input['return_temp_files']).toBe(true);
    plan.brief = { ...plan.brief, options: { replicate: { token: 'x' } } };
    expect((await errorOf(executor.submit(plan, call()))).code).toBe('INVALID_OPTIONS');
  });

  it('a missing token is named, with its variable, before any request', async () => {
    const { another, call, fake } = await openReplicate();
    const error = await errorOf(another({ token: '' }).submit(createTestPlan(), call()));
    expect(error).toMatchObject({
      code: 'MISSING_SETTING',
      details: { env: 'REPLICATE_API_TOKEN' },
    });
    expect(fake.requests).toHaveLength(0);
  });

  it('unknown options are refused', () => {
    expect(() => replicate({ apiKey: 'x' } as object)).toThrow(/has no option apiKey/);
  });

  it('the manifest is an inventory', async () => {
    const weights = { CHECKPOINTS: ['a.safetensors'], UNET: ['b.safetensors'], CLIP: ['c.pt'] };
    const { inventory } = replicate({ weights });
    expect(await inventory!(createCallContext())).toEqual({
      catalogue: null,
      models: {
        checkpoints: ['a.safetensors'],
        diffusion_models: ['b.safetensors'],
        text_encoders: ['c.pt'],
      },
      source: 'Replicate comfyui/any-comfyui-workflow',
    });
  });
});

describe('input files', () => {
  const withPicture = (...images: string[]) => {
    const graph = createTestGraph();
    for (const [place, image] of images.entries())
      graph[`load${place}`] = { class_type: 'LoadImage', inputs: { image } };
    return createTestPlan(graph);
  };
  const upload = async (bench: Awaited<ReturnType<typeof openReplicate>>, size: number) => {
    const file = { name: 'a fox.png', bytes: png(size), mediaType: 'image/png' };
    const { name } = await bench.clock.run(bench.executor.upload!(file, bench.call()));
    return { name, bytes: file.bytes };
  };

  it('a small one goes along as a data URI', async () => {
    const bench = await openReplicate();
    const { name, bytes } = await upload(bench, 4);
    expect(bench.fake.requests).toHaveLength(0);
    expect((await bench.play(withPicture(name))).snapshot.state).toBe('succeeded');
    const { input } = bench.fake.requests[0]!.json() as Sent;
    const data = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
    expect(input['input_file']).toBe(data);
    expect(input['workflow_json']).toContain('"image":"input.png"');
    expect(input['workflow_json']).not.toContain('base64');
  });

  it('a large one is stored, and named by its address', async () => {
    const bench = await openReplicate();
    const { name, bytes } = await upload(bench, 700);
    expect(bytes.length).toBeGreaterThan(256 * 1024);
    expect(bench.fake.count('POST /v1/files')).toBe(1);
    const sent = bench.fake.requests[0]!.body;
    expect(sent.includes(Buffer.from(bytes))).toBe(true);
    const { id } = await bench.submit(withPicture(name, name));
    const { input } = bench.fake.requests.at(-1)!.json() as Sent;
    expect(input['input_file']).toBe(`${bench.fake.url}/files/file-0`);
    expect(input['workflow_json']).toContain('"image":"input.png"');
    expect(bench.fake.prediction(id)!.error).toBeNull();
  });

  it('two different ones are too many', async () => {
    const bench = await openReplicate();
    const names = [(await upload(bench, 4)).name, (await upload(bench, 5)).name];
    const error = await errorOf(bench.executor.submit(withPicture(...names), bench.call()));
    expect(error.code).toBe('UNSUPPORTED');
  });
});
