import { ComfygenError } from 'comfygen/plugin';
import { createTestGraph, createTestPlan, encodePng } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { fileKey } from '../../src/testing/comfyui/server-state.ts';
import type { FakeComfyuiOptions } from '../../src/testing/index.ts';
import { setUp } from './set-up.ts';

const picture = (shade: number) => encodePng(2, 2, () => [shade, shade, shade]);
const upload = (bytes: Uint8Array, name = 'in.png') => ({ name, bytes, mediaType: 'image/png' });

describe('upload', () => {
  it('sends the same picture once, and gives the name that the server keeps it under', async () => {
    const { executor, call, clock, fake } = await setUp();
    const send = (shade: number) => clock.run(executor.upload!(upload(picture(shade)), call()));
    const names = [(await send(1)).name, (await send(1)).name, (await send(2)).name];
    expect(names).toEqual(['in.png', 'in.png', 'in (1).png']);
    expect(fake.count('POST /api/upload/image')).toBe(2);
  });

  it('makes a picture that LoadImage takes', async () => {
    const { executor, call, clock, submit, end } = await setUp();
    const { name } = await clock.run(executor.upload!(upload(picture(3)), call()));
    const graph = createTestGraph();
    graph['load'] = { class_type: 'LoadImage', inputs: { image: name } };
    graph['save']!.inputs['images'] = ['load', 0];
    expect((await end(await submit(createTestPlan(graph)))).state).toBe('succeeded');
  });

  it('tries again what failed, and refuses nothing', async () => {
    const { executor, call, clock, fake } = await setUp();
    fake.faults.add('POST /api/upload/image', { kind: 'status', status: 413 });
    const send = (bytes: Uint8Array) => clock.run(executor.upload!(upload(bytes), call()));
    await expect(send(picture(1))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect((await send(picture(1))).name).toBe('in.png');
    await expect(send(new Uint8Array())).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
  });
});

describe('inventory', () => {
  it('lists classes, model files and the version; asks once in a while', async () => {
    const { executor, call, clock, fake } = await setUp({
      models: { checkpoints: ['a.ckpt'], loras: [] },
    });
    const read = () => clock.run(executor.inventory!(call()));
    const { catalogue, models, source } = await read();
    expect(Object.keys(catalogue ?? {})).toContain('KSampler');
    expect([models, source]).toEqual([{ checkpoints: ['a.ckpt'], loras: [] }, 'ComfyUI 0.33.0']);
    await Promise.all([read(), read()]);
    expect(fake.count('GET /api/object_info')).toBe(1);
    await clock.advance(60_000);
    await read();
    expect(fake.count('GET /api/object_info')).toBe(2);
  });

  it('does not end for all when one caller gives up, and forgets a failure', async () => {
    const { executor, call, clock, fake } = await setUp();
    fake.faults.add('GET /api/object_info', { kind: 'slow', ms: 5_000 });
    const stop = new AbortController();
    const reason = new Error('enough');
    const first = executor.inventory!(call(stop.signal)).catch((error: unknown) => error);
    const second = executor.inventory!(call());
    stop.abort(reason);
    expect(await first).toBe(reason);
    expect((await clock.run(second)).source).toBe('ComfyUI 0.33.0');
    await clock.advance(60_000);
    fake.faults.add('GET /api/object_info', { kind: 'status', status: 500 });
    await expect(clock.run(executor.inventory!(call()))).rejects.toMatchObject({
      code: 'HOST_FAULT',
    });
    await clock.run(executor.inventory!(call()));
  });

  it('reads what Python writes that is no JSON', async () => {
    const { executor, call, clock, fake } = await setUp();
    const body =
      '{"Odd":{"input":{"required":{"x":["FLOAT",{"max":Infinity,"min":-Infinity,"tip":"NaN"}]}}}}';
    fake.faults.add('GET /api/object_info', { kind: 'status', status: 200, body });
    const { catalogue } = await clock.run(executor.inventory!(call()));
    expect(catalogue?.['Odd']?.input?.required?.['x']).toEqual([
      'FLOAT',
      { max: null, min: null, tip: 'NaN' },
    ]);
  });
});

describe('a planted secret', () => {
  const SECRET = 'planted-secret-1234';
  it('shows up in no error, reference, snapshot or warning, whatever the server echoes', async () => {
    const bench = await setUp({}, { headers: { authorization: `Bearer ${SECRET}` } });
    const { fake, clock, executor, call, submit, end } = bench;
    const seen: unknown[] = [];
    const note = (error: unknown) => {
      expect(ComfygenError.is(error)).toBe(true);
      seen.push(
        String(error),
        JSON.stringify(error),
        String((error as Error).cause),
        (error as Error).stack,
      );
    };
    const ref = await submit();
    const snapshot = await end(ref);
    seen.push(JSON.stringify([ref, snapshot]));
    const body = { error: { type: 'x', message: `your key ${SECRET}` }, node_errors: {} };
    for (const status of [400, 401, 403, 429, 500]) {
      fake.faults.add('POST /api/prompt', { kind: 'status', status, body });
      await submit(createTestPlan(createTestGraph({ sampler: { seed: status } }))).catch(note);
    }
    fake.faults.add('GET /api/view', { kind: 'status', status: 500, body: SECRET });
    await clock.run(executor.download(snapshot.outputs[0]!, ref, call())).catch(note);
    fake.faults.add('GET /api/object_info', {
      kind: 'status',
      status: 200,
      body: `<html>${SECRET}`,
    });
    await clock.run(executor.inventory!(call())).catch(note);
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.join('\n')).not.toContain(SECRET);
    expect(
      fake.requests.every(({ headers }) => headers['authorization'] === `Bearer ${SECRET}`),
    ).toBe(true);
  });

  it('goes to the server’s own origin only, the password of its address too', async () => {
    const elsewhere = await setUp();
    const { fake, clock, submit, end, executor, call } = await setUp(
      {},
      { headers: { 'x-key': SECRET } },
    );
    const ref = await submit();
    const { outputs } = await end(ref);
    const location = `${elsewhere.fake.url}/api/view?filename=x.png`;
    fake.faults.add('GET /api/view', { kind: 'status', status: 302, headers: { location } });
    const error = await clock
      .run(executor.download(outputs[0]!, ref, call()))
      .catch((e: unknown) => e);
    expect(ComfygenError.is(error, 'OUTPUT_EXPIRED')).toBe(true);
    expect(elsewhere.fake.requests[0]?.headers['x-key']).toBeUndefined();
  });
});

describe('what a job made', () => {
  const film = Uint8Array.from([0, 0, 0, 24, ...Buffer.from('ftypisom'), 0, 0, 2, 0]);
  const graph = createTestGraph({ save: { filename_prefix: 'still' } });
  graph['view'] = { class_type: 'PreviewImage', inputs: { images: ['decode', 0] } };
  const plan = (outputNodes: string[]) => ({ ...createTestPlan(graph), outputNodes });

  it('is found under any key, at any depth, and each file once', async () => {
    const run: FakeComfyuiOptions['run'] = async (made) => {
      const [a, b] = [made.save(film, 'a', 'output'), made.save(film, 'b', 'output')];
      made.finish('save', {
        animated: [true],
        gifs: [{ ...a, filename: a.filename, format: 'video/h264-mp4' }],
        packed: { deeper: [{ result: b }, { result: b }] },
      });
    };
    const { submit, end } = await setUp({ run });
    const { state, outputs } = await end(await submit(plan(['save'])));
    expect(state).toBe('succeeded');
    expect(outputs.map(({ fileName }) => fileName.slice(0, 1))).toEqual(['a', 'b']);
  });

  it('comes with its kind and media type, also sounds, 3D files, latents and texts', async () => {
    const made: [key: string, name: string, bytes: Uint8Array][] = [
      ['audio', 'song', Buffer.from([0xff, 0xfb, 0x90, 0x64])],
      ['3d', 'body.glb', Buffer.from('glTF\x02\0\0\0')],
      ['latents', 'noise.latent', Buffer.from('\x08\0\0\0\0\0\0\0{"a":{}}')],
      ['files', 'mesh.obj', Buffer.from('v 0 0 0')],
      ['result', 'shown.ply', Buffer.from('ply\nformat ascii 1.0\n')],
    ];
    const run: FakeComfyuiOptions['run'] = async ({ finish }) => {
      const output: Record<string, unknown> = { text: ['a fox', 'shown.glb'], animated: [true] };
      for (const [key, filename] of made)
        output[key] =
          key === 'result'
            ? [`meshes/${filename}`, null]
            : [{ filename, subfolder: 'meshes', type: 'output' }];
      finish('save', output);
      finish('view', { tags: ['1girl', 'tree'] });
    };
    const { fake, executor, clock, call, submit, end } = await setUp({ run });
    for (const [, filename, bytes] of made)
      fake.state.files.set(fileKey({ filename, subfolder: 'meshes', type: 'output' }), bytes);
    const ref = await submit(plan(['save', 'view']));
    const { outputs } = await end(ref);
    const told: string[] = [];
    for (const output of outputs) {
      const { bytes, mediaType } = await clock.run(executor.download(output, ref, call()));
      const text = output.kind === 'text' ? new TextDecoder().decode(bytes) : output.fileName;
      told.push(`${output.nodeId} ${output.kind} ${mediaType} ${text}`);
    }
    expect(told).toEqual(
      expect.arrayContaining([
        'save file audio/mpeg song',
        'save file model/gltf-binary body.glb',
        'save file application/x-safetensors noise.latent',
        'save file model/obj mesh.obj',
        'save file model/ply shown.ply',
        'save text text/plain a fox',
        'save text text/plain shown.glb',
        'view text text/plain 1girl',
        'view text text/plain tree',
      ]),
    );
    expect(told).toHaveLength(9);
    expect(new Set(outputs.map(({ fileName }) => fileName)).size).toBe(9);
  });

  it('is a text alone where nothing else was made, and no reason to drop a preview', async () => {
    const only: FakeComfyuiOptions['run'] = async ({ finish, save }) => {
      finish('save', { text: ['a fox'] });
      finish('view', { images: [save(picture(1), 'temp', 'temp')] });
    };
    const { submit, end } = await setUp({ run: only });
    const { state, outputs } = await end(await submit(plan(['save', 'view'])));
    expect([state, ...outputs.map(({ kind }) => kind)]).toEqual(['succeeded', 'text', 'image']);
  });

  it('leaves previews out, but for that of the output furthest behind', async () => {
    const { submit, end } = await setUp();
    const nodes = async (order: string[]) =>
      (await end(await submit(plan(order)))).outputs.map(({ nodeId }) => nodeId);
    expect(await nodes(['save', 'view'])).toEqual(['save']);
    expect(await nodes(['view', 'save'])).toEqual(['view', 'save']);
  });
});

describe('a key of comfy.org', () => {
  const KEY = 'partner-key-12345';
  it('goes with each job beside its previews, and shows up nowhere', async () => {
    const run: FakeComfyuiOptions['run'] = async () => {
      throw new Error(`401 for ${KEY}`);
    };
    const options = { comfyOrgApiKey: KEY, previews: 'auto' } as const;
    const { fake, submit, end } = await setUp({ run }, options);
    const ref = await submit();
    const snapshot = await end(ref);
    expect(snapshot.failure?.message).toContain('[redacted]');
    expect(JSON.stringify([ref, snapshot])).not.toContain(KEY);
    const sent = fake.requests.find(({ path }) => path === '/api/prompt');
    expect(JSON.parse(String(sent?.body)).extra_data).toEqual({
      preview_method: 'auto',
      api_key_comfy_org: KEY,
    });
  });
});
