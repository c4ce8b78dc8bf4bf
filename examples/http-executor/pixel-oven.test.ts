import assert from 'node:assert/strict';
import { ComfygenError, createCallContext } from 'comfygen/plugin';
import { createTestPlan, executorSuite } from 'comfygen/testing';
import { describe, it, onTestFinished } from 'vitest';
import { cannot, KEY, ovenBackend } from './fake-oven.ts';
import { pixelOven } from './pixel-oven.ts';

executorSuite(
  { describe, it },
  { backend: ovenBackend, create: ({ url }) => pixelOven({ url, apiKey: KEY }), cannot },
);

describe('pixelOven', () => {
  const ctx = { ...createCallContext(), onRef: async () => {} };

  it('names the class and the node that the oven does not have', async () => {
    const backend = await ovenBackend('succeeds');
    assert.ok(backend);
    onTestFinished(() => backend.close?.());
    const plan = createTestPlan({ ...backend.workflow, '5': { class_type: 'Yeast', inputs: {} } });
    await assert.rejects(
      pixelOven({ url: backend.url, apiKey: KEY }).submit(plan, ctx),
      (error) => {
        assert.ok(ComfygenError.is(error, 'MISSING_NODE'));
        assert.partialDeepStrictEqual(error.details, { nodeId: '5', classType: 'Yeast' });
        return true;
      },
    );
  });

  it('says which setting is missing', async () => {
    delete process.env['PIXEL_OVEN_KEY'];
    const oven = pixelOven({ url: 'http://127.0.0.1:9' });
    await assert.rejects(oven.submit(createTestPlan(), ctx), { code: 'MISSING_SETTING' });
  });
});
