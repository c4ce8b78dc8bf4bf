import { comfyui } from '@comfygen/executors/comfyui';
import { pool } from '@comfygen/executors/pool';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { createComfyGen } from 'comfygen';
import { createTestFlow } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';

describe('a count of pictures', () => {
  it('is shared by the members, each of which makes its part in one job', async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startFakeComfyui()));
    const executor = pool({ executors: servers.map(({ url }) => comfyui({ url })) });
    const comfygen = createComfyGen({ flows: [createTestFlow()], executor });
    const sizes = () =>
      servers.map(({ requests }) =>
        requests
          .filter(({ method, path }) => method === 'POST' && path === '/api/prompt')
          .map(({ body }) => JSON.parse(String(body)).prompt.latent.inputs.batch_size),
      );
    try {
      const { images } = await comfygen.generate('a red apple', { seed: 1, count: 7 });
      expect(images).toHaveLength(7);
      expect(sizes().flat().toSorted()).toEqual([2, 2, 3]);
      expect(sizes().every((ofOne) => ofOne.length === 1)).toBe(true);
    } finally {
      await comfygen.dispose();
      await Promise.all(servers.map((server) => server.close()));
    }
  });
});
