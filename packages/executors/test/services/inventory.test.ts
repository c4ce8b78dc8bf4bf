import { expect, it } from 'vitest';
import { comfyApi } from '../../src/comfy-api/index.ts';
import { modelsInCatalogue } from '../../src/comfy-api/read-inventory.ts';
import { openComfyApi } from './bench.ts';
import { SECRET } from './test-plan.ts';

it('comfy-api: Comfy Cloud lists what it can run, once in ten minutes', async () => {
  const { clock, ctx, executor, fake } = await openComfyApi(
    { objectInfo: true },
    { inventory: true },
  );
  const { models, catalogue, source } = await executor.inventory!(ctx);
  expect([source, models['checkpoints']]).toEqual(['Comfy Cloud', ['model.safetensors']]);
  expect(Object.keys(catalogue!)).toContain('KSampler');
  await executor.inventory!(ctx);
  expect(fake.count('GET /api/object_info')).toBe(1);
  expect(fake.requests[0]!.headers['x-api-key']).toBe(SECRET);
  await clock.advance(600_000);
  await executor.inventory!(ctx);
  expect(fake.count('GET /api/object_info')).toBe(2);
});

it('comfy-api: other surfaces declare none', () => {
  expect(comfyApi().inventory).toBeDefined();
  expect(comfyApi({ baseUrl: 'https://cloud.comfy.org/' }).inventory).toBeDefined();
  expect(comfyApi({ baseUrl: 'http://127.0.0.1:8189' }).inventory).toBeUndefined();
});

it('comfy-api: a run goes on where the list can’t be had', async () => {
  const { clock, comfygen } = await openComfyApi({}, { inventory: true });
  const { warnings } = await clock.run(comfygen.generate('a red fox', { seed: 7 }));
  expect(warnings.map(({ code }) => code)).toContain('inventory-unknown');
});

it('reads both ways of writing a choice', () => {
  const found = modelsInCatalogue({
    CheckpointLoaderSimple: { input: { required: { ckpt_name: [['a.ckpt', 7], {}] } } },
    VAELoader: { input: { required: { vae_name: ['COMBO', { options: ['b.pt'] }] } } },
    LoraLoader: { input: { required: { lora_name: ['STRING'] } } },
  });
  expect(found).toEqual({ checkpoints: ['a.ckpt'], vae: ['b.pt'] });
});
